//! The best prices of a market, or of all.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, view};
use crate::engine::{Engine, Market};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/api/v3/ticker/bookTicker", 2, Run::Public(run)).weighing_for_all(4);

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let floor = asked.exchange.floor.lock();
    let (markets, is_one) = read::markets(asked.params, floor.engine.markets())?;
    let rows = markets.into_iter().map(|market| row(&floor.engine, market));
    Ok(view::one_or_all(rows.collect(), is_one))
}

fn row(engine: &Engine, market: &Market) -> Value {
    let (bid, ask) = engine.best(market);
    json!({
        "symbol": market.symbol,
        "bidPrice": view::amount(bid.price),
        "bidQty": view::amount(bid.quantity),
        "askPrice": view::amount(ask.price),
        "askQty": view::amount(ask.quantity),
    })
}
