//! Tells the exchange to misbehave, and to stop.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;

use crate::exchange::Exchange;
use crate::fault::Fault;

/// Adds a fault.
pub(super) async fn add(State(exchange): State<Arc<Exchange>>, Json(fault): Json<Fault>) -> StatusCode {
    if exchange.faults.add(fault) { StatusCode::NO_CONTENT } else { StatusCode::INSUFFICIENT_STORAGE }
}

/// The faults that wait to strike.
pub(super) async fn list(State(exchange): State<Arc<Exchange>>) -> Json<Vec<Fault>> {
    Json(exchange.faults.waiting())
}

/// Takes all faults back.
pub(super) async fn clear(State(exchange): State<Arc<Exchange>>) -> StatusCode {
    exchange.faults.clear();
    StatusCode::NO_CONTENT
}
