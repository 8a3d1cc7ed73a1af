//! `/backup`, `/lock` and `/reopen`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Input};
use super::routes::{Routes, Told, does};
use crate::operation::{backup, reopen};
use crate::{Code, Lock};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("backup")
        .post("/backup", BACK_UP, back_up)
        .get("/lock", SHOW, show)
        .post("/reopen", OPEN, open)
}

const BACK_UP: Told = does(
    Operation::Backup,
    "Write a backup into a file of the host",
    &[Code::DirectoryInvalid, Code::AuditUnsigned, Code::AuditDamaged],
);

async fn back_up(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<backup::Backup>,
) -> Answer<backup::BackedUp> {
    finish(async move { backup::backup(&control, &actor, input).await }).await
}

const SHOW: Told = does(Operation::LockShow, "Show why everything is locked", &[]);

async fn show(control: Shared, Acting(actor): Acting) -> Answer<reopen::Locked> {
    finish(async move { reopen::show(&control, &actor).await }).await
}

const OPEN: Told = does(Operation::Reopen, "Take the lock off", &[Code::NotLocked]);

async fn open(control: Shared, Acting(actor): Acting) -> Answer<Lock> {
    finish(async move { reopen::reopen(&control, &actor).await }).await
}
