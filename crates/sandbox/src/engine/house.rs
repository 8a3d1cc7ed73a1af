//! The exchange's own traders, who keep the books alive: a market maker and the odd passer-by. All that they do
//! follows from the seed.

use std::collections::BTreeMap;

use fastrand::Rng;
use rust_decimal::Decimal;

use super::candle::{Candle, MINUTE_MS};
use super::order::{NewOrder, Side, Terms, TimeInForce};
use super::{AccountId, Engine, Filters, Market};

/// Prices on each side of the book.
const LEVELS: i64 = 20;
/// From one price to the next, and from the middle to the first, in millionths.
const SPACING: i64 = 200;
/// The middle moves at most this far at a heartbeat, in millionths.
const DRIFT: i64 = 100;
/// Minutes of history that are made up when the exchange opens.
const HISTORY_MINUTES: u64 = 1_500;
/// What the house owns of every asset: enough for ever, and far inside exact arithmetic.
const FORTUNE: i64 = 1_000_000_000_000;

/// The exchange's own traders.
#[derive(Clone, Debug)]
pub(super) struct House {
    rng: Rng,
    maker: AccountId,
    passer_by: AccountId,
    middles: BTreeMap<String, Middle>,
}

/// Where the maker sees the price of a market.
#[derive(Clone, Copy, Debug)]
struct Middle {
    start: Decimal,
    now: Decimal,
}

impl House {
    /// Opens the house's accounts.
    pub(super) fn new(engine: &mut Engine, seed: u64) -> Self {
        let fortune: Vec<_> =
            engine.assets().into_iter().map(|asset| (asset.to_owned(), Decimal::from(FORTUNE))).collect();
        let middle =
            |market: &Market| (market.symbol.clone(), Middle { start: market.last, now: market.last });
        let middles = engine.markets().map(middle).collect();
        let (maker, passer_by) = (engine.open_house_account(&fortune), engine.open_house_account(&fortune));
        Self { rng: Rng::with_seed(seed), maker, passer_by, middles }
    }

    /// Makes up the minutes before the exchange opened. They are walked backwards, to end at today's price.
    pub(super) fn make_history(&mut self, engine: &mut Engine, now_ms: u64) {
        let this_minute = now_ms - now_ms % MINUTE_MS;
        for market in engine.markets.values_mut() {
            let mut close = market.last;
            let mut minutes = Vec::new();
            for back in 1..=HISTORY_MINUTES {
                let opened_at_ms = this_minute.saturating_sub(back * MINUTE_MS);
                let candle = made_up(&mut self.rng, &market.filters, opened_at_ms, close);
                close = candle.open;
                minutes.push(candle);
            }
            minutes.into_iter().rev().for_each(|candle| market.candles.push(candle));
        }
    }

    /// One heartbeat: prices drift, quotes follow, somebody may trade.
    pub(super) fn beat(&mut self, engine: &mut Engine, now_ms: u64) {
        let symbols: Vec<_> = self.middles.keys().cloned().collect();
        for symbol in symbols {
            self.drift(&symbol);
            self.quote(engine, &symbol, now_ms);
            if self.rng.bool() {
                self.pass_by(engine, &symbol, now_ms);
            }
            if let Some(market) = engine.markets.get_mut(&symbol) {
                market.candles.advance(now_ms, market.last);
            }
        }
    }

    /// Makes the quotes of a market afresh.
    pub(super) fn quote(&mut self, engine: &mut Engine, symbol: &str, now_ms: u64) {
        let Some(middle) = self.middles.get(symbol).map(|middle| middle.now) else { return };
        let Ok(filters) = engine.market(symbol).map(|market| market.filters) else { return };
        let _ = engine.cancel_all(self.maker, symbol, now_ms);
        for level in 1..=LEVELS {
            for (side, sign) in [(Side::Buy, -1), (Side::Sell, 1)] {
                let price = on_tick(middle * millionths(1_000_000 + sign * SPACING * level), &filters);
                let quantity = self.size(&filters, price, 1_000..=5_000);
                let terms = Terms::Limit { price, quantity, time_in_force: TimeInForce::Gtc };
                order(engine, self.maker, symbol, side, terms, now_ms);
            }
        }
    }

    /// A small market order against the quotes.
    fn pass_by(&mut self, engine: &mut Engine, symbol: &str, now_ms: u64) {
        let Ok((filters, last)) = engine.market(symbol).map(|market| (market.filters, market.last)) else {
            return;
        };
        let side = if self.rng.bool() { Side::Buy } else { Side::Sell };
        let quantity = self.size(&filters, last, 2..=200);
        order(engine, self.passer_by, symbol, side, Terms::Market { quantity }, now_ms);
    }

    fn drift(&mut self, symbol: &str) {
        let Some(middle) = self.middles.get_mut(symbol) else { return };
        let moved = middle.now * millionths(1_000_000 + self.rng.i64(-DRIFT..=DRIFT));
        let (half, double) = (middle.start / Decimal::TWO, middle.start * Decimal::TWO);
        middle.now = moved.clamp(half, double).round_dp(12);
    }

    /// A quantity that is worth so many times the least order.
    fn size(&mut self, filters: &Filters, price: Decimal, times: std::ops::RangeInclusive<i64>) -> Decimal {
        let worth = filters.min_notional * Decimal::from(self.rng.i64(times));
        let quantity = (worth / price / filters.step).floor() * filters.step;
        quantity.max(filters.step)
    }
}

/// A minute that never happened and ended at this price.
fn made_up(rng: &mut Rng, filters: &Filters, opened_at_ms: u64, close: Decimal) -> Candle {
    let open = on_tick(close * millionths(1_000_000 + rng.i64(-500..=500)), filters);
    let (above, below) = (rng.i64(0..=300), rng.i64(0..=300));
    let volume = (filters.min_notional * Decimal::from(rng.i64(1_000..=9_000)) / close).round_dp(3);
    Candle {
        open,
        high: on_tick(open.max(close) * millionths(1_000_000 + above), filters).max(open).max(close),
        low: on_tick(open.min(close) * millionths(1_000_000 - below), filters).min(open).min(close),
        volume,
        quote_volume: volume * close,
        trades: rng.u64(10..=90),
        taker_bought: volume / Decimal::TWO,
        taker_bought_quote: volume * close / Decimal::TWO,
        ..Candle::flat(opened_at_ms, close)
    }
}

fn order(engine: &mut Engine, account: AccountId, symbol: &str, side: Side, terms: Terms, now_ms: u64) {
    let new = NewOrder { symbol: symbol.to_owned(), side, terms, client_id: None };
    if let Err(rejection) = engine.place(account, new, now_ms) {
        tracing::warn!(symbol, %rejection, "the house's own order was rejected");
    }
}

fn millionths(parts: i64) -> Decimal {
    Decimal::new(parts, 6)
}

fn on_tick(price: Decimal, filters: &Filters) -> Decimal {
    ((price / filters.tick).round() * filters.tick).max(filters.tick)
}
