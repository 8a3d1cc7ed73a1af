//! Answers as Binance writes them.

use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use serde_json::{Value, json};

use crate::error::Refusal;
use crate::rates::Pool;

const ORDERS: HeaderName = HeaderName::from_static("x-mbx-order-count-10s");
const WEIGHT: HeaderName = HeaderName::from_static("x-mbx-used-weight");
const WEIGHT_1M: HeaderName = HeaderName::from_static("x-mbx-used-weight-1m");
const SAPI_WEIGHT_1M: HeaderName = HeaderName::from_static("x-sapi-used-ip-weight-1m");

/// The answer to what an endpoint made of a request.
pub(super) fn from(outcome: Result<Value, Refusal>) -> Response {
    match outcome {
        Ok(value) => Json(value).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

/// The answer to a request that is refused.
pub(crate) fn refused(refusal: &Refusal) -> Response {
    let mut body = json!({ "code": refusal.code(), "msg": refusal.to_string() });
    if let Refusal::CancelReplace { data, .. } = refusal {
        body["data"] = data.clone();
    }
    let mut response = (refusal.status(), Json(body)).into_response();
    if let Some(retry_after_s) = refusal.retry_after_s() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
    }
    response
}

/// The answer where there is no endpoint; Binance's has this shape.
pub(super) async fn not_found(uri: Uri) -> Response {
    let body = json!({ "status": 404, "error": "Not Found", "path": uri.path() });
    (StatusCode::NOT_FOUND, Json(body)).into_response()
}

/// Says how much the caller has used.
pub(super) fn tell_rates(response: &mut Response, pool: Pool, used: u32, orders: Option<u32>) {
    let names: &[HeaderName] = match pool {
        Pool::Api => &[WEIGHT, WEIGHT_1M],
        Pool::Sapi => &[SAPI_WEIGHT_1M],
    };
    let headers = response.headers_mut();
    headers.extend(names.iter().map(|name| (name.clone(), HeaderValue::from(used))));
    headers.extend(orders.map(|orders| (ORDERS, HeaderValue::from(orders))));
}
