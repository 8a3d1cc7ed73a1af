//! `/kill`.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Input};
use crate::Control;
use crate::operation::kill::{self, Kill, Killed};

/// The route.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/kill", post(kill))
}

async fn kill(control: Shared, Acting(actor): Acting, Input(input): Input<Kill>) -> Answer<Killed> {
    finish(async move { kill::kill(&control, &actor, input).await }).await
}
