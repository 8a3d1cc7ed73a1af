//! Takes every order of a market back.

use serde_json::Value;

use super::{Asked, Endpoint, Run, read, view};
use crate::auth::{Caller, Right};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::delete("/api/v3/openOrders", 1, Run::Private(Right::Trade, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let symbol = read::symbol(asked.params)?;
    let orders = asked.exchange.floor.lock().engine.cancel_all(caller.account, symbol, asked.now_ms)?;
    Ok(orders.iter().map(|order| view::canceled(order, None, asked.now_ms)).collect())
}
