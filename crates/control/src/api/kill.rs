//! `/kill`.

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Input};
use crate::operation::kill::{self, Kill, Killed};
use crate::{Control, Stopped};

/// The route.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/kill", post(kill))
}

async fn kill(control: Shared, Acting(actor): Acting, Input(input): Input<Kill>) -> Answer<Stopped<Killed>> {
    finish(async move { kill::kill(&control, &actor, input).await }).await
}
