//! Answers as Binance writes them.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use crate::error::Refusal;

/// The answer to what an endpoint made of a request.
pub(super) fn from(outcome: Result<Value, Refusal>) -> Response {
    match outcome {
        Ok(value) => Json(value).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    status.into_response()
}

fn refused(refusal: &Refusal) -> Response {
    let body = Json(json!({ "code": refusal.code(), "msg": refusal.to_string() }));
    let mut response = (refusal.status(), body).into_response();
    if let Some(retry_after) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after.0));
    }
    response
}
