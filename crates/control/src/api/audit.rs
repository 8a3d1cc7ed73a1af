//! `/audit`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Asked, Input, Named};
use crate::Control;
use crate::operation::audit;

/// The routes.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/audit", get(tail))
        .route("/audit/{id}", get(show))
        .route("/audit/verify", post(verify))
        .route("/audit/export", post(export))
}

async fn tail(
    control: Shared,
    Acting(actor): Acting,
    Asked(input): Asked<audit::tail::Tail>,
) -> Answer<audit::entry::Entries> {
    finish(async move { audit::tail::tail(&control, &actor, input).await }).await
}

async fn show(control: Shared, Acting(actor): Acting, Named(id): Named) -> Answer<audit::entry::Entries> {
    finish(async move { audit::show::show(&control, &actor, &id).await }).await
}

async fn verify(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<audit::verify::Verify>,
) -> Answer<audit::verify::Verified> {
    finish(async move { audit::verify::verify(&control, &actor, input).await }).await
}

async fn export(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<audit::export::Export>,
) -> Answer<audit::export::Exported> {
    finish(async move { audit::export::export(&control, &actor, input).await }).await
}
