//! One request to one endpoint: read, weighed, proved, done, answered.

use std::net::IpAddr;
use std::time::Duration;

use axum::body::to_bytes;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;
use tokio::time::timeout;

use super::{Peer, answer};
use crate::auth::{Caller, Received, Right};
use crate::endpoint::{Asked, Endpoint, Run};
use crate::error::Refusal;
use crate::exchange::Exchange;
use crate::params::Params;

/// No request of the exchange is larger, in bytes.
const LARGEST_BODY: usize = 64 * 1024;
/// A client that does not finish its body in this time is gone.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

/// From arrival to answer.
pub(super) async fn handle(exchange: &Exchange, endpoint: &Endpoint, request: Request) -> Response {
    match arrive(request).await {
        Ok(arrived) => weighed(exchange, endpoint, &arrived.received()).await,
        Err(response) => response,
    }
}

/// A whole request.
pub(crate) struct Arrived {
    parts: Parts,
    body: Bytes,
}

/// Waits for the whole of a request; what is too large or too slow is answered.
pub(crate) async fn arrive(request: Request) -> Result<Arrived, Response> {
    let (parts, body) = request.into_parts();
    match timeout(BODY_DEADLINE, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(body)) => Ok(Arrived { parts, body }),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE.into_response()),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT.into_response()),
    }
}

impl Arrived {
    /// The request as it was received.
    pub(crate) fn received(&self) -> Received<'_> {
        let Self { parts, body } = self;
        Received {
            method: &parts.method,
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &parts.headers,
            body,
            peer: parts.extensions.get().map_or(IpAddr::from([0, 0, 0, 0]), |Peer(peer)| *peer),
        }
    }
}

async fn weighed(exchange: &Exchange, endpoint: &Endpoint, received: &Received<'_>) -> Response {
    let params = Params::read(received.query, received.body);
    let weight = params.as_ref().map_or(1, |params| endpoint.weight(params));
    let (pool, now_ms) = (endpoint.pool(), exchange.now_ms());
    let (used, verdict) = exchange.rates.weigh(pool, received.peer, weight, now_ms);
    let mut orders = None;
    let outcome = match (verdict, params) {
        (Ok(()), Ok(params)) => run(exchange, endpoint, received, &params, &mut orders).await,
        (Err(refusal), _) | (_, Err(refusal)) => Err(refusal),
    };
    let mut response = answer::from(outcome);
    answer::tell_rates(&mut response, pool, used, orders);
    response
}

/// Does what is asked for, once the caller has proved that he may; `orders` becomes how many he has placed.
async fn run(
    exchange: &Exchange,
    endpoint: &Endpoint,
    received: &Received<'_>,
    params: &Params,
    orders: &mut Option<u32>,
) -> Result<Value, Refusal> {
    let asked = Asked { exchange, params, now_ms: exchange.now_ms() };
    let (right, run) = match endpoint.run {
        Run::Public(run) => return run(&asked),
        Run::Private(right, run) => (right, run),
        Run::Order(run) => (Right::Trade, run),
    };
    let caller = Caller::prove(exchange, received, params).await?;
    caller.may(right)?;
    if matches!(endpoint.run, Run::Order(_)) {
        *orders = Some(exchange.rates.count_order(caller.account, asked.now_ms)?);
    }
    run(&asked, &caller)
}
