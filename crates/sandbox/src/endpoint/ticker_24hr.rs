//! What a market, or all, did in the last day.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, view};
use crate::engine::{Candle, Engine, MINUTE_MS, Market};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/api/v3/ticker/24hr", 2, Run::Public(run)).weighing_for_all(80);

const DAY_MS: u64 = 1_440 * MINUTE_MS;

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let floor = asked.exchange.floor.lock();
    let (markets, is_one) = read::markets(asked.params, floor.engine.markets())?;
    let rows = markets.into_iter().map(|market| row(&floor.engine, market, asked.now_ms));
    Ok(view::one_or_all(rows.collect(), is_one))
}

fn row(engine: &Engine, market: &Market, now_ms: u64) -> Value {
    let day = market.candles.day(now_ms.saturating_sub(DAY_MS), market.last);
    let (bid, ask) = engine.best(market);
    let change = market.last - day.open;
    json!({
        "symbol": market.symbol,
        "priceChange": view::amount(change),
        "priceChangePercent": format!("{:.3}", change / day.open * Decimal::ONE_HUNDRED),
        "weightedAvgPrice": view::amount(average(&day)),
        "prevClosePrice": view::amount(day.open),
        "lastPrice": view::amount(market.last),
        "lastQty": view::amount(market.trades.back().map(|trade| trade.quantity).unwrap_or_default()),
        "bidPrice": view::amount(bid.price),
        "bidQty": view::amount(bid.quantity),
        "askPrice": view::amount(ask.price),
        "askQty": view::amount(ask.quantity),
        "openPrice": view::amount(day.open),
        "highPrice": view::amount(day.high),
        "lowPrice": view::amount(day.low),
        "volume": view::amount(day.volume),
        "quoteVolume": view::amount(day.quote_volume),
        "openTime": now_ms.saturating_sub(DAY_MS),
        "closeTime": now_ms,
        "firstId": market.trades.front().map(|trade| trade.id),
        "lastId": market.trades.back().map(|trade| trade.id),
        "count": day.trades,
    })
}

fn average(day: &Candle) -> Decimal {
    day.quote_volume.checked_div(day.volume).unwrap_or(day.close)
}
