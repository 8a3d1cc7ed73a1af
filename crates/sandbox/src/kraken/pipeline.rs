//! One call: read, proved, done, answered.

use axum::Json;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::{Asked, Failure, PRIVATE, PUBLIC, auth};
use crate::exchange::Exchange;
use crate::params::Params;
use crate::serve::{Arrived, arrive};

/// A call that anybody may make.
pub(super) async fn public(exchange: &Exchange, call: &str, request: Request) -> Response {
    let arrived = match arrive(request).await {
        Ok(arrived) => arrived,
        Err(response) => return response,
    };
    answer(run_public(exchange, call, &arrived))
}

fn run_public(exchange: &Exchange, call: &str, arrived: &Arrived) -> Result<Value, Failure> {
    let received = arrived.received();
    let params = Params::read(received.query, received.body)?;
    let (_, run) = PUBLIC.iter().find(|(name, _)| *name == call).ok_or_else(unknown)?;
    run(&Asked { exchange, params: &params, now_ms: exchange.now_ms() })
}

/// A call that a key must sign.
pub(super) async fn private(exchange: &Exchange, call: &str, request: Request) -> Response {
    let arrived = match arrive(request).await {
        Ok(arrived) => arrived,
        Err(response) => return response,
    };
    answer(run_private(exchange, call, &arrived))
}

fn run_private(exchange: &Exchange, call: &str, arrived: &Arrived) -> Result<Value, Failure> {
    let received = arrived.received();
    let params = Params::read("", received.body)?;
    let (_, right, run) = PRIVATE.iter().find(|(name, ..)| *name == call).ok_or_else(unknown)?;
    let caller = auth::caller(exchange, &received, &params)?;
    caller.may(*right).map_err(|_| Failure::new("EGeneral:Permission denied"))?;
    run(&Asked { exchange, params: &params, now_ms: exchange.now_ms() }, &caller)
}

fn answer(outcome: Result<Value, Failure>) -> Response {
    Json(match outcome {
        Ok(result) => json!({ "error": [], "result": result }),
        Err(failure) => json!({ "error": [failure.0] }),
    })
    .into_response()
}

fn unknown() -> Failure {
    Failure::new("EGeneral:Unknown method")
}
