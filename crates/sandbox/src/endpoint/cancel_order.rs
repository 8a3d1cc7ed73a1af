//! Takes one order back.

use serde_json::Value;

use super::{Asked, Endpoint, Run, read, view};
use crate::auth::{Caller, Right};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::delete("/api/v3/order", 1, Run::Private(Right::Trade, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let symbol = read::symbol(asked.params)?;
    let named = read::named(asked.params, "orderId", "origClientOrderId")?;
    let client_id = read::client_id(asked.params, "newClientOrderId")?;
    let order = asked.exchange.floor.lock().engine.cancel(caller.account, symbol, &named, asked.now_ms)?;
    Ok(view::canceled(&order, client_id, asked.now_ms))
}
