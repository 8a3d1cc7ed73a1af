//! The latest price of a market, or of all.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, view};
use crate::engine::Market;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/api/v3/ticker/price", 2, Run::Public(run)).weighing_for_all(4);

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let floor = asked.exchange.floor.lock();
    let (markets, is_one) = read::markets(asked.params, floor.engine.markets())?;
    Ok(view::one_or_all(markets.into_iter().map(row).collect(), is_one))
}

fn row(market: &Market) -> Value {
    json!({ "symbol": market.symbol, "price": view::amount(market.last) })
}
