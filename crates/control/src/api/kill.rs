//! `/kill`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Input};
use super::routes::{Routes, Told, does};
use crate::operation::kill::{self, Kill, Killed};
use crate::{Code, Stopped};

/// The route.
pub(super) fn routes() -> Routes {
    Routes::of("kill switch").post("/kill", KILL, kill)
}

const KILL: Told = does(
    Operation::Kill,
    "End keys at once and for good",
    &[Code::KillUnclear, Code::KeyUnknown, Code::ProjectUnknown, Code::CredentialUnknown],
);

async fn kill(control: Shared, Acting(actor): Acting, Input(input): Input<Kill>) -> Answer<Stopped<Killed>> {
    finish(async move { kill::kill(&control, &actor, input).await }).await
}
