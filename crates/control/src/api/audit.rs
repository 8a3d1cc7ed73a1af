//! `/audit`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Asked, Input, Named};
use super::routes::{Routes, Told, does};
use crate::Code;
use crate::operation::audit;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("audit log")
        .get("/audit", TAIL, tail)
        .get("/audit/{id}", SHOW, show)
        .post("/audit/verify", VERIFY, verify)
        .post("/audit/export", EXPORT, export)
}

const TAIL: Told = does(Operation::AuditTail, "Show the latest entries", &[]);

async fn tail(
    control: Shared,
    Acting(actor): Acting,
    Asked(input): Asked<audit::tail::Tail>,
) -> Answer<audit::entry::Entries> {
    finish(async move { audit::tail::tail(&control, &actor, input).await }).await
}

const SHOW: Told = does(
    Operation::AuditShow,
    "Show one entry, or what the log knows of one request",
    &[Code::EntryUnknown, Code::AuditUnavailable, Code::AuditDamaged],
);

async fn show(control: Shared, Acting(actor): Acting, Named(id): Named) -> Answer<audit::entry::Entries> {
    finish(async move { audit::show::show(&control, &actor, &id).await }).await
}

const VERIFY: Told = does(
    Operation::AuditVerify,
    "Check that the log is what was signed",
    &[Code::TooMany, Code::CheckpointInvalid, Code::AuditDamaged, Code::AuditUnsigned],
);

async fn verify(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<audit::verify::Verify>,
) -> Answer<audit::verify::Verified> {
    finish(async move { audit::verify::verify(&control, &actor, input).await }).await
}

const EXPORT: Told = does(
    Operation::AuditExport,
    "Write the log into a directory of the host",
    &[Code::DirectoryInvalid, Code::AuditUnsigned, Code::AuditDamaged],
);

async fn export(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<audit::export::Export>,
) -> Answer<audit::export::Exported> {
    finish(async move { audit::export::export(&control, &actor, input).await }).await
}
