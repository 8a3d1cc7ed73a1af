//! The candles of a market.

use serde_json::{Value, json};

use super::read::Page;
use super::{Asked, Endpoint, Run, read, view};
use crate::engine::{Candle, MINUTE_MS};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/klines", 2, Run::Public(run));

/// Intervals in minutes. Seconds and months are not kept here.
const INTERVALS: [(&str, u64); 14] = [
    ("1m", 1),
    ("3m", 3),
    ("5m", 5),
    ("15m", 15),
    ("30m", 30),
    ("1h", 60),
    ("2h", 120),
    ("4h", 240),
    ("6h", 360),
    ("8h", 480),
    ("12h", 720),
    ("1d", 1_440),
    ("3d", 4_320),
    ("1w", 10_080),
];
/// Weeks begin on a Monday; the Unix epoch was a Thursday.
const FIRST_MONDAY_MS: u64 = 4 * 1_440 * MINUTE_MS;

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let page = Page::read(asked.params)?;
    let interval = asked.params.required("interval")?;
    let minutes = INTERVALS.iter().find(|(name, _)| *name == interval).ok_or(Refusal::BadInterval)?.1;
    let span_ms = minutes * MINUTE_MS;
    let offset_ms = if interval == "1w" { FIRST_MONDAY_MS } else { 0 };
    let floor = asked.exchange.floor.lock();
    let spans = floor.engine.market(read::symbol(asked.params)?)?.candles.spans(span_ms, offset_ms);
    let rows = page.of(spans, false, |candle| candle.opened_at_ms);
    Ok(rows.iter().map(|candle| row(candle, span_ms)).collect())
}

fn row(candle: &Candle, span_ms: u64) -> Value {
    json!([
        candle.opened_at_ms,
        view::amount(candle.open),
        view::amount(candle.high),
        view::amount(candle.low),
        view::amount(candle.close),
        view::amount(candle.volume),
        candle.opened_at_ms + span_ms - 1,
        view::amount(candle.quote_volume),
        candle.trades,
        view::amount(candle.taker_bought),
        view::amount(candle.taker_bought_quote),
        "0",
    ])
}
