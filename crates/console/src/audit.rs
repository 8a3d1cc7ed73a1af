//! `/audit`: what happened, and the proof that nobody changed it.

mod download;
mod list;
pub(crate) mod row;
mod show;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use keyward_control::Control;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/audit", get(list::list))
        .route("/audit/download", get(download::download))
        .route("/audit/verify", post(verify::verify))
        .route("/audit/{id}", get(show::show))
}
