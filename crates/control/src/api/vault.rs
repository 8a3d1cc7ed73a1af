//! `/vault`, `/status` and `/settings`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Input};
use super::routes::{Routes, Told, does};
use crate::Code;
use crate::Stopped;
use crate::operation::{settings, status, vault};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("vault")
        .get("/status", OVERVIEW, overview)
        .get("/settings", IN_FORCE, in_force)
        .get("/vault", SHOW, show)
        .post("/vault/init", INIT, init)
        .post("/vault/seal", SEAL, seal)
        .post("/vault/unseal", UNSEAL, unseal)
        .post("/vault/rekey", REKEY, rekey)
}

const OVERVIEW: Told = does(Operation::Status, "Show how Keyward is", &[]);

async fn overview(control: Shared, Acting(actor): Acting) -> Answer<status::Status> {
    finish(async move { status::status(&control, &actor).await }).await
}

const IN_FORCE: Told = does(Operation::Settings, "Show the settings that are in force", &[]);

async fn in_force(control: Shared, Acting(actor): Acting) -> Answer<settings::InForce> {
    finish(async move { settings::settings(&control, &actor).await }).await
}

const SHOW: Told = does(Operation::VaultStatus, "Show whether the vault is sealed", &[]);

async fn show(control: Shared, Acting(actor): Acting) -> Answer<vault::Status> {
    finish(async move { vault::status::status(&control, &actor).await }).await
}

const INIT: Told = does(Operation::VaultInit, "Make the vault", &[Code::VaultExists, Code::UnlockInvalid]);

async fn init(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<vault::Unlocking>,
) -> Answer<vault::Status> {
    finish(async move { vault::init::init(&control, &actor, input).await }).await
}

const SEAL: Told = does(Operation::VaultSeal, "Take the root key out of memory: everything stops", &[]);

async fn seal(control: Shared, Acting(actor): Acting) -> Answer<Stopped<vault::Status>> {
    finish(async move { vault::seal::seal(&control, &actor).await }).await
}

const UNSEAL: Told = does(
    Operation::VaultUnseal,
    "Bring the root key into memory",
    &[Code::VaultMissing, Code::VaultExists, Code::UnlockWrong, Code::UnlockInvalid],
);

async fn unseal(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<vault::Unlocking>,
) -> Answer<vault::Status> {
    finish(async move { vault::unseal::unseal(&control, &actor, input).await }).await
}

const REKEY: Told = does(
    Operation::VaultRekey,
    "Change what unseals it",
    &[Code::VaultMissing, Code::UnlockWrong, Code::UnlockInvalid],
);

async fn rekey(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<vault::rekey::Rekey>,
) -> Answer<vault::Status> {
    finish(async move { vault::rekey::rekey(&control, &actor, input).await }).await
}
