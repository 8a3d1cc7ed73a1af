//! The average price of the last five minutes, weighted by what was traded.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, view};
use crate::engine::MINUTE_MS;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/avgPrice", 2, Run::Public(run));

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let floor = asked.exchange.floor.lock();
    let market = floor.engine.market(read::symbol(asked.params)?)?;
    let candles: Vec<_> = market.candles.since(asked.now_ms.saturating_sub(5 * MINUTE_MS)).collect();
    let volume: Decimal = candles.iter().map(|candle| candle.volume).sum();
    let quote: Decimal = candles.iter().map(|candle| candle.quote_volume).sum();
    let price = quote.checked_div(volume).unwrap_or(market.last);
    let closed_at_ms = market.trades.back().map_or(asked.now_ms, |trade| trade.at_ms);
    Ok(json!({ "mins": 5, "price": view::amount(price), "closeTime": closed_at_ms }))
}
