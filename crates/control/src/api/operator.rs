//! `/operators`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use super::routes::{Routes, Told, does};
use crate::operation::operator::{OperatorView, change, invite, list, show};
use crate::{Code, Listed, Part, Removed};

/// The routes. An operator goes by his name or his id.
pub(super) fn routes() -> Routes {
    Routes::of("operators")
        .get("/operators", LIST, list)
        .post("/operators", INVITE, invite)
        .get("/operators/{operator}", SHOW, show)
        .delete("/operators/{operator}", REMOVE, remove)
        .post("/operators/{operator}/role", SET_ROLE, set_role)
        .post("/operators/{operator}/suspend", SUSPEND, suspend)
        .post("/operators/{operator}/resume", RESUME, resume)
}

const LIST: Told = does(Operation::OperatorList, "List the operators in the order of their names", &[]);

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<OperatorView>> {
    finish(async move { list::list(&control, &actor, part).await }).await
}

const SHOW: Told = does(Operation::OperatorShow, "Show one", &[Code::OperatorUnknown]);

async fn show(control: Shared, Acting(actor): Acting, Named(operator): Named) -> Answer<OperatorView> {
    finish(async move { show::show(&control, &actor, &operator).await }).await
}

const INVITE: Told = does(
    Operation::OperatorInvite,
    "Invite somebody to become one, by a link that is shown once",
    &[Code::NameInvalid, Code::NameTaken, Code::RoleInvalid, Code::ProjectUnknown, Code::TooMany],
);

async fn invite(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<invite::Invite>,
) -> Made<invite::Invited> {
    made(async move { invite::invite(&control, &actor, input).await }).await
}

const SET_ROLE: Told = does(
    Operation::OperatorRole,
    "Change what one is; his sessions end",
    &[Code::OperatorUnknown, Code::RoleInvalid, Code::ProjectUnknown, Code::TooMany, Code::InUse],
);

async fn set_role(
    control: Shared,
    Acting(actor): Acting,
    Named(operator): Named,
    Input(input): Input<change::SetRole>,
) -> Answer<OperatorView> {
    finish(async move { change::set_role(&control, &actor, &operator, input).await }).await
}

const SUSPEND: Told = does(
    Operation::OperatorSuspend,
    "Keep one from signing in; his sessions end",
    &[Code::OperatorUnknown, Code::InUse],
);

async fn suspend(control: Shared, Acting(actor): Acting, Named(operator): Named) -> Answer<OperatorView> {
    finish(async move { change::suspend(&control, &actor, &operator).await }).await
}

const RESUME: Told = does(Operation::OperatorResume, "Let him sign in again", &[Code::OperatorUnknown]);

async fn resume(control: Shared, Acting(actor): Acting, Named(operator): Named) -> Answer<OperatorView> {
    finish(async move { change::resume(&control, &actor, &operator).await }).await
}

const REMOVE: Told = does(
    Operation::OperatorRemove,
    "Remove one with all that he signs in with",
    &[Code::OperatorUnknown, Code::InUse],
);

async fn remove(control: Shared, Acting(actor): Acting, Named(operator): Named) -> Answer<Removed> {
    finish(async move { change::remove(&control, &actor, &operator).await }).await
}
