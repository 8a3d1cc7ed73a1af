//! `/tokens`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get};

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use crate::operation::token::{TokenView, create, list, revoke};
use crate::{Control, Listed, Part, Removed};

/// The routes. A token goes by its name or its id.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/tokens", get(list).post(create)).route("/tokens/{token}", delete(revoke))
}

async fn list(control: Shared, Acting(actor): Acting, Asked(part): Asked<Part>) -> Answer<Listed<TokenView>> {
    finish(async move { list::list(&control, &actor, part).await }).await
}

async fn create(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<create::Create>,
) -> Made<create::Created> {
    made(async move { create::create(&control, &actor, input).await }).await
}

async fn revoke(control: Shared, Acting(actor): Acting, Named(token): Named) -> Answer<Removed> {
    finish(async move { revoke::revoke(&control, &actor, &token).await }).await
}
