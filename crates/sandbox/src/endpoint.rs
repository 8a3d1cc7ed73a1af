//! Every endpoint: one file each, one row each in the table that the server routes by.

mod account;
mod ping;
mod time;

use http::Method;
use serde_json::Value;

use crate::auth::{Caller, Right};
use crate::error::Refusal;
use crate::exchange::Exchange;
use crate::params::Params;

/// One request to an endpoint.
pub(crate) struct Asked<'a> {
    pub(crate) exchange: &'a Exchange,
    pub(crate) params: &'a Params,
    pub(crate) now_ms: u64,
}

/// One endpoint.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    /// What it costs with a symbol, and without one.
    pub(crate) weight: (u32, u32),
    pub(crate) run: Run,
}

/// What an endpoint asks of the caller, and what it does.
pub(crate) enum Run {
    /// For everybody.
    Public(fn(&Asked<'_>) -> Result<Value, Refusal>),
    /// For a caller who has proved who he is, and has the right.
    Private(Right, fn(&Asked<'_>, &Caller) -> Result<Value, Refusal>),
}

/// Every endpoint that there is.
pub(crate) static ENDPOINTS: &[Endpoint] = &[ping::ENDPOINT, time::ENDPOINT, account::ENDPOINT];
