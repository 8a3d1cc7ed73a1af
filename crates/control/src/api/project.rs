//! `/projects`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use crate::operation::project;
use crate::{Control, Listed, Part, Removed};

/// The routes.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/projects", get(list).post(add))
        .route("/projects/{project}", get(show).delete(remove))
}

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<project::ProjectView>> {
    finish(async move { project::list::list(&control, &actor, part).await }).await
}

async fn add(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<project::add::Add>,
) -> Made<project::ProjectView> {
    made(async move { project::add::add(&control, &actor, input).await }).await
}

async fn show(control: Shared, Acting(actor): Acting, Named(project): Named) -> Answer<project::ProjectView> {
    finish(async move { project::show::show(&control, &actor, &project).await }).await
}

async fn remove(control: Shared, Acting(actor): Acting, Named(project): Named) -> Answer<Removed> {
    finish(async move { project::remove::remove(&control, &actor, &project).await }).await
}
