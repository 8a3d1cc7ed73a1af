//! Futures markets: there are none here. Clients ask for them all the same before they trade spot (ccxt does).

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run};
use crate::error::Refusal;

pub(super) const LINEAR: Endpoint = Endpoint::get("/fapi/v1/exchangeInfo", 1, Run::Public(run));
pub(super) const INVERSE: Endpoint = Endpoint::get("/dapi/v1/exchangeInfo", 1, Run::Public(run));

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    Ok(
        json!({ "timezone": "UTC", "serverTime": asked.now_ms, "rateLimits": [], "exchangeFilters": [], "symbols": [] }),
    )
}
