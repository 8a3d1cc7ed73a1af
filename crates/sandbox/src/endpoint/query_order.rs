//! One order of the caller.

use serde_json::Value;

use super::{Asked, Endpoint, Run, read, view};
use crate::auth::{Caller, Right};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/order", 4, Run::Private(Right::Read, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let named = read::named(asked.params, "orderId", "origClientOrderId")?;
    let floor = asked.exchange.floor.lock();
    let order = floor.engine.order(caller.account, read::symbol(asked.params)?, &named)?;
    Ok(view::order(order))
}
