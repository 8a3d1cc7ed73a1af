//! `/operators`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use crate::operation::operator::{OperatorView, change, invite, list};
use crate::{Control, Listed, Part, Removed};

/// The routes. An operator goes by his name or his id.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/operators", get(list).post(invite))
        .route("/operators/{operator}", delete(remove))
        .route("/operators/{operator}/role", post(set_role))
        .route("/operators/{operator}/suspend", post(suspend))
        .route("/operators/{operator}/resume", post(resume))
}

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<OperatorView>> {
    finish(async move { list::list(&control, &actor, part).await }).await
}

async fn invite(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<invite::Invite>,
) -> Made<invite::Invited> {
    made(async move { invite::invite(&control, &actor, input).await }).await
}

async fn set_role(
    control: Shared,
    Acting(actor): Acting,
    Named(operator): Named,
    Input(input): Input<change::SetRole>,
) -> Answer<OperatorView> {
    finish(async move { change::set_role(&control, &actor, &operator, input).await }).await
}

async fn suspend(control: Shared, Acting(actor): Acting, Named(operator): Named) -> Answer<OperatorView> {
    finish(async move { change::suspend(&control, &actor, &operator).await }).await
}

async fn resume(control: Shared, Acting(actor): Acting, Named(operator): Named) -> Answer<OperatorView> {
    finish(async move { change::resume(&control, &actor, &operator).await }).await
}

async fn remove(control: Shared, Acting(actor): Acting, Named(operator): Named) -> Answer<Removed> {
    finish(async move { change::remove(&control, &actor, &operator).await }).await
}
