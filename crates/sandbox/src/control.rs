//! The exchange's own controls, under `/sandbox/`: for tests and demonstrations, open to everybody who can reach it.

mod deliveries;
mod keys;
mod misbehave;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

pub(crate) use deliveries::Deliveries;

use crate::exchange::Exchange;
use crate::kraken::show_nonces;

/// Where the controls live.
pub(crate) const PREFIX: &str = "/sandbox/";

/// The routes of the controls.
pub(crate) fn router() -> Router<Arc<Exchange>> {
    Router::new()
        .route("/sandbox/misbehave", post(misbehave::add).get(misbehave::list).delete(misbehave::clear))
        .route("/sandbox/deliveries", get(deliveries::show).delete(deliveries::forget))
        .route("/sandbox/nonces", get(show_nonces))
        .route("/sandbox/keys", post(keys::add))
        .route("/sandbox/keys/{api_key}", put(keys::change).delete(keys::remove))
}
