//! What anybody may ask: the time, assets, markets, prices.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::names::{asset_id, asset_name, market, pair};
use super::{Asked, Failure};
use crate::engine::{Engine, Level, MINUTE_MS, Market, Side};

const DAY_MS: u64 = 1_440 * MINUTE_MS;
/// Decimals of an amount of any asset.
const DECIMALS: u32 = 8;

pub(super) fn time(asked: &Asked<'_>) -> Result<Value, Failure> {
    Ok(json!({ "unixtime": asked.now_ms / 1_000, "rfc1123": "" }))
}

pub(super) fn status(_: &Asked<'_>) -> Result<Value, Failure> {
    Ok(json!({ "status": "online", "timestamp": "" }))
}

pub(super) fn assets(asked: &Asked<'_>) -> Result<Value, Failure> {
    let floor = asked.exchange.floor.lock();
    let row = |asset: &str| {
        let altname = asset_name(asset);
        let row = json!({
            "aclass": "currency", "altname": altname, "decimals": DECIMALS, "display_decimals": 5, "status": "enabled",
        });
        (asset_id(asset).to_owned(), row)
    };
    Ok(Value::Object(floor.engine.assets().into_iter().map(row).collect()))
}

pub(super) fn pairs(asked: &Asked<'_>) -> Result<Value, Failure> {
    let floor = asked.exchange.floor.lock();
    let rows = meant(asked, &floor.engine)?.into_iter().map(|market| (pair(market).id, rules(market)));
    Ok(Value::Object(rows.collect()))
}

/// The rules of a market. Nobody pays fees here.
fn rules(market: &Market) -> Value {
    let (pair, filters) = (pair(market), &market.filters);
    json!({
        "altname": pair.altname,
        "wsname": pair.wsname,
        "aclass_base": "currency",
        "base": asset_id(&market.base),
        "aclass_quote": "currency",
        "quote": asset_id(&market.quote),
        "lot": "unit",
        "cost_decimals": filters.tick.scale(),
        "pair_decimals": filters.tick.scale(),
        "lot_decimals": filters.step.scale(),
        "lot_multiplier": 1,
        "leverage_buy": [],
        "leverage_sell": [],
        "fees": [[0, 0]],
        "fees_maker": [[0, 0]],
        "fee_volume_currency": "ZUSD",
        "margin_call": 80,
        "margin_stop": 40,
        "ordermin": filters.step.to_string(),
        "costmin": filters.min_notional.to_string(),
        "tick_size": filters.tick.to_string(),
        "status": "online",
    })
}

pub(super) fn ticker(asked: &Asked<'_>) -> Result<Value, Failure> {
    let floor = asked.exchange.floor.lock();
    let engine = &floor.engine;
    let rows = meant(asked, engine)?.into_iter();
    Ok(Value::Object(rows.map(|market| (pair(market).id, day(engine, market, asked.now_ms))).collect()))
}

/// The last day twice: Kraken shows today and the last 24 hours.
fn day(engine: &Engine, market: &Market, now_ms: u64) -> Value {
    let day = market.candles.day(now_ms.saturating_sub(DAY_MS), market.last);
    let (bid, ask) = engine.best(market);
    let average = day.quote_volume.checked_div(day.volume).unwrap_or(day.close);
    let twice = |value: Decimal| json!([text(value), text(value)]);
    let best = |level: Level| json!([text(level.price), "1", text(level.quantity)]);
    let last = market.trades.back().map(|trade| trade.quantity).unwrap_or_default();
    json!({
        "a": best(ask),
        "b": best(bid),
        "c": [text(market.last), text(last)],
        "v": twice(day.volume),
        "p": twice(average),
        "t": [day.trades, day.trades],
        "l": twice(day.low),
        "h": twice(day.high),
        "o": text(day.open),
    })
}

pub(super) fn depth(asked: &Asked<'_>) -> Result<Value, Failure> {
    let name = asked.params.get("pair").ok_or_else(|| Failure::argument("pair"))?;
    let count: usize = asked.params.number("count")?.unwrap_or(100);
    let floor = asked.exchange.floor.lock();
    let market = market(floor.engine.markets(), name)?;
    let side = |side| {
        let levels = floor.engine.depth(market, side, count.clamp(1, 500)).into_iter();
        let row = |level: Level| json!([text(level.price), text(level.quantity), asked.now_ms / 1_000]);
        levels.map(row).collect::<Vec<_>>()
    };
    let book = json!({ "asks": side(Side::Sell), "bids": side(Side::Buy) });
    Ok(Value::Object(Map::from_iter([(pair(market).id, book)])))
}

/// The markets of `pair`, a list with commas, or all.
fn meant<'e>(asked: &Asked<'_>, engine: &'e Engine) -> Result<Vec<&'e Market>, Failure> {
    match asked.params.get("pair") {
        Some(names) => names.split(',').map(|name| Ok(market(engine.markets(), name)?)).collect(),
        None => Ok(engine.markets().collect()),
    }
}

/// An amount as Kraken writes one.
pub(super) fn text(value: Decimal) -> String {
    format!("{value:.8}")
}
