//! Places an order.

use serde_json::Value;

use super::{Asked, Endpoint, Run, read, view};
use crate::auth::Caller;
use crate::error::Refusal;
use crate::params::Params;

pub(super) const ENDPOINT: Endpoint = Endpoint::post("/api/v3/order", 1, Run::Order(run));

pub(super) fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let (new, detail) = (read::new_order(asked.params)?, detail(asked.params)?);
    let placed = asked.exchange.floor.lock().place(caller.account, new, asked.now_ms)?;
    Ok(view::placed(&placed, detail, asked.now_ms))
}

/// How much the answer tells; everything for the usual types.
fn detail(params: &Params) -> Result<&str, Refusal> {
    match (params.get("newOrderRespType"), params.get("type")) {
        (Some(detail @ ("ACK" | "RESULT" | "FULL")), _) => Ok(detail),
        (Some(_), _) => Err(Refusal::BadData("newOrderRespType")),
        (None, Some("LIMIT" | "MARKET")) => Ok("FULL"),
        (None, _) => Ok("ACK"),
    }
}
