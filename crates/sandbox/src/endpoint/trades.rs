//! The latest trades of a market.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, view};
use crate::engine::Trade;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/trades", 25, Run::Public(run));

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let limit = read::limit(asked.params, 500, 1_000)?;
    let floor = asked.exchange.floor.lock();
    let market = floor.engine.market(read::symbol(asked.params)?)?;
    let older = market.trades.len().saturating_sub(limit);
    Ok(market.trades.iter().skip(older).map(row).collect())
}

fn row(trade: &Trade) -> Value {
    json!({
        "id": trade.id,
        "price": view::amount(trade.price),
        "qty": view::amount(trade.quantity),
        "quoteQty": view::amount(trade.quote()),
        "time": trade.at_ms,
        "isBuyerMaker": trade.buyer_is_maker(),
        "isBestMatch": true,
    })
}
