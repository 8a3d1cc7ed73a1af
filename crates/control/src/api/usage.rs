//! `/keys/{key}/usage` and `/traffic`: what keys did.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Named};
use crate::Control;
use crate::operation::key::usage::{Used, usage as used};
use crate::operation::traffic;
use crate::usage::Hour;

/// The routes.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/keys/{key}/usage", get(usage)).route("/traffic", get(traffic))
}

async fn usage(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<Used> {
    finish(async move { used(&control, &actor, &key).await }).await
}

async fn traffic(control: Shared, Acting(actor): Acting) -> Answer<Vec<Hour>> {
    finish(async move { traffic::traffic(&control, &actor).await }).await
}
