//! Counts the requests that arrived, so that a test can prove that one was sent once, or never.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::{Method, StatusCode};
use parking_lot::Mutex;
use serde::Serialize;

use crate::exchange::Exchange;

/// So many kinds of request are told apart; the rest are counted together.
const MOST_KINDS: usize = 1_024;

/// The requests that arrived, by method and path; those to `/sandbox/` do not count.
#[derive(Default)]
pub(crate) struct Deliveries(Mutex<BTreeMap<(String, String), u64>>);

/// What arrived.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    total: u64,
    requests: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    method: String,
    path: String,
    count: u64,
}

impl Deliveries {
    /// Counts a request, whatever becomes of it.
    pub(crate) fn count(&self, method: &Method, path: &str) {
        let mut counts = self.0.lock();
        let mut kind = (method.to_string(), path.to_owned());
        if counts.len() >= MOST_KINDS && !counts.contains_key(&kind) {
            kind = ("*".to_owned(), "*".to_owned());
        }
        *counts.entry(kind).or_default() += 1;
    }

    fn report(&self) -> Report {
        let row = |((method, path), count): (&(String, String), &u64)| Row {
            method: method.clone(),
            path: path.clone(),
            count: *count,
        };
        let counts = self.0.lock();
        Report { total: counts.values().sum(), requests: counts.iter().map(row).collect() }
    }
}

/// What arrived so far.
pub(super) async fn show(State(exchange): State<Arc<Exchange>>) -> Json<Report> {
    Json(exchange.deliveries.report())
}

/// Starts counting afresh.
pub(super) async fn forget(State(exchange): State<Arc<Exchange>>) -> StatusCode {
    exchange.deliveries.0.lock().clear();
    StatusCode::NO_CONTENT
}
