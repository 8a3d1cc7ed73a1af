//! `/vault` and `/status`.

use axum::Router;
use axum::routing::{get, post};

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Input};
use crate::Stopped;
use crate::operation::{status, vault};

/// The routes.
pub(super) fn routes() -> Router<std::sync::Arc<crate::Control>> {
    Router::new()
        .route("/status", get(overview))
        .route("/vault", get(show))
        .route("/vault/init", post(init))
        .route("/vault/seal", post(seal))
        .route("/vault/unseal", post(unseal))
        .route("/vault/rekey", post(rekey))
}

async fn overview(control: Shared, Acting(actor): Acting) -> Answer<status::Status> {
    finish(async move { status::status(&control, &actor).await }).await
}

async fn show(control: Shared, Acting(actor): Acting) -> Answer<vault::Status> {
    finish(async move { vault::status::status(&control, &actor).await }).await
}

async fn init(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<vault::Unlocking>,
) -> Answer<vault::Status> {
    finish(async move { vault::init::init(&control, &actor, input).await }).await
}

async fn seal(control: Shared, Acting(actor): Acting) -> Answer<Stopped<vault::Status>> {
    finish(async move { vault::seal::seal(&control, &actor).await }).await
}

async fn unseal(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<vault::Unlocking>,
) -> Answer<vault::Status> {
    finish(async move { vault::unseal::unseal(&control, &actor, input).await }).await
}

async fn rekey(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<vault::rekey::Rekey>,
) -> Answer<vault::Status> {
    finish(async move { vault::rekey::rekey(&control, &actor, input).await }).await
}
