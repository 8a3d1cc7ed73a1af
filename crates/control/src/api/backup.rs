//! `/backup`, `/lock` and `/reopen`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Input};
use crate::operation::{backup, reopen};
use crate::{Control, Lock};

/// The routes.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/backup", post(back_up)).route("/lock", get(show)).route("/reopen", post(open))
}

async fn back_up(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<backup::Backup>,
) -> Answer<backup::BackedUp> {
    finish(async move { backup::backup(&control, &actor, input).await }).await
}

async fn show(control: Shared, Acting(actor): Acting) -> Answer<reopen::Locked> {
    finish(async move { reopen::show(&control, &actor).await }).await
}

async fn open(control: Shared, Acting(actor): Acting) -> Answer<Lock> {
    finish(async move { reopen::reopen(&control, &actor).await }).await
}
