//! `/projects`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use super::routes::{Routes, Told, does};
use super::tag::{IfThis, Known, Tagged};
use crate::operation::project;
use crate::{Code, Listed, Part, Removed};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("projects")
        .get("/projects", LIST, list)
        .post("/projects", ADD, add)
        .get("/projects/{project}", SHOW, show)
        .patch("/projects/{project}", UPDATE, update)
        .delete("/projects/{project}", REMOVE, remove)
}

const LIST: Told = does(Operation::ProjectList, "List the projects", &[]);

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<project::ProjectView>> {
    finish(async move { project::list::list(&control, &actor, part).await }).await
}

const ADD: Told = does(
    Operation::ProjectAdd,
    "Add one",
    &[Code::NameInvalid, Code::NameTaken, Code::TimeInvalid, Code::FourEyesAlone],
);

async fn add(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<project::add::Add>,
) -> Made<project::ProjectView> {
    made(async move { project::add::add(&control, &actor, input).await }).await
}

const SHOW: Told = does(Operation::ProjectShow, "Show one", &[Code::ProjectUnknown]);

async fn show(
    control: Shared,
    Acting(actor): Acting,
    Named(project): Named,
    known: Known,
) -> Tagged<project::ProjectView> {
    known.or(finish(async move { project::show::show(&control, &actor, &project).await }).await)
}

const UPDATE: Told = does(
    Operation::ProjectUpdate,
    "Change what one asks of its keys",
    &[Code::ProjectUnknown, Code::TimeInvalid, Code::FourEyesAlone],
);

async fn update(
    control: Shared,
    Acting(actor): Acting,
    Named(project): Named,
    if_this: IfThis,
    Input(input): Input<project::update::Update>,
) -> Tagged<project::ProjectView> {
    // Each field is set on its own, so what somebody else sets between this look and the change is not lost.
    let updated = finish(async move {
        if_this.check(&project::show::show(&control, &actor, &project).await?)?;
        project::update::update(&control, &actor, &project, input).await
    });
    Known::default().or(updated.await)
}

const REMOVE: Told =
    does(Operation::ProjectRemove, "Remove one that owns no key", &[Code::ProjectUnknown, Code::InUse]);

async fn remove(control: Shared, Acting(actor): Acting, Named(project): Named) -> Answer<Removed> {
    finish(async move { project::remove::remove(&control, &actor, &project).await }).await
}
