//! The caller's orders on a market, whatever became of them.

use serde_json::Value;

use super::read::Page;
use super::{Asked, Endpoint, Run, read, view};
use crate::auth::{Caller, Right};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/allOrders", 20, Run::Private(Right::Read, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let (symbol, page) = (read::symbol(asked.params)?, Page::read(asked.params)?);
    let from_id: Option<u64> = asked.params.number("orderId")?;
    let floor = asked.exchange.floor.lock();
    floor.engine.market(symbol)?;
    let mut orders = floor.engine.orders_of(caller.account, symbol);
    orders.retain(|order| from_id.is_none_or(|from| order.id.0 >= from));
    let orders = page.of(orders, from_id.is_some(), |order| order.created_at_ms);
    Ok(orders.into_iter().map(view::order).collect())
}
