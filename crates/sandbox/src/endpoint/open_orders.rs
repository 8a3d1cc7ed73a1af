//! The caller's orders that wait, on one market or all.

use serde_json::Value;

use super::{Asked, Endpoint, Run, read, view};
use crate::auth::{Caller, Right};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/api/v3/openOrders", 6, Run::Private(Right::Read, run)).weighing_for_all(80);

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let symbol = asked.params.get("symbol").map(|_| read::symbol(asked.params)).transpose()?;
    let floor = asked.exchange.floor.lock();
    if let Some(symbol) = symbol {
        floor.engine.market(symbol)?;
    }
    Ok(floor.engine.open_orders(caller.account, symbol).into_iter().map(view::order).collect())
}
