//! Candles: what a market did in every minute, and in longer spans made of minutes.

use std::collections::VecDeque;

use rust_decimal::Decimal;

use super::order::Side;
use super::trade::Trade;

pub(crate) const MINUTE_MS: u64 = 60_000;
/// So many minutes are remembered.
const MINUTES: usize = 4_320;

/// What a market did in one span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Candle {
    pub(crate) opened_at_ms: u64,
    pub(crate) open: Decimal,
    pub(crate) high: Decimal,
    pub(crate) low: Decimal,
    pub(crate) close: Decimal,
    pub(crate) volume: Decimal,
    pub(crate) quote_volume: Decimal,
    pub(crate) trades: u64,
    /// The part of the volume that was bought by the order that came last.
    pub(crate) taker_bought: Decimal,
    pub(crate) taker_bought_quote: Decimal,
}

/// The minutes of one market, without gaps, oldest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Candles(VecDeque<Candle>);

impl Candle {
    /// A span in which nothing happened.
    pub(super) fn flat(opened_at_ms: u64, price: Decimal) -> Self {
        Self {
            opened_at_ms,
            open: price,
            high: price,
            low: price,
            close: price,
            volume: Decimal::ZERO,
            quote_volume: Decimal::ZERO,
            trades: 0,
            taker_bought: Decimal::ZERO,
            taker_bought_quote: Decimal::ZERO,
        }
    }

    /// Adds what happened after it.
    fn append(&mut self, later: &Self) {
        self.high = self.high.max(later.high);
        self.low = self.low.min(later.low);
        self.close = later.close;
        self.volume += later.volume;
        self.quote_volume += later.quote_volume;
        self.trades += later.trades;
        self.taker_bought += later.taker_bought;
        self.taker_bought_quote += later.taker_bought_quote;
    }

    /// A trade as the shortest of all spans.
    fn of(trade: &Trade) -> Self {
        let bought = if trade.taker_side == Side::Buy { Decimal::ONE } else { Decimal::ZERO };
        Self {
            volume: trade.quantity,
            quote_volume: trade.quote(),
            trades: 1,
            taker_bought: trade.quantity * bought,
            taker_bought_quote: trade.quote() * bought,
            ..Self::flat(trade.at_ms, trade.price)
        }
    }
}

impl Candles {
    /// Takes up a minute that is over; they come in order, without gaps.
    pub(super) fn push(&mut self, candle: Candle) {
        self.0.push_back(candle);
        if self.0.len() > MINUTES {
            self.0.pop_front();
        }
    }

    /// Opens every minute up to now at the last price.
    pub(super) fn advance(&mut self, now_ms: u64, last: Decimal) {
        let now = now_ms - now_ms % MINUTE_MS;
        let oldest = now.saturating_sub(MINUTE_MS * MINUTES as u64);
        let next = self.0.back().map_or(now, |candle| candle.opened_at_ms + MINUTE_MS).max(oldest);
        for minute in (next..=now).step_by(MINUTE_MS as usize) {
            self.push(Candle::flat(minute, last));
        }
    }

    /// Takes up a trade.
    pub(super) fn record(&mut self, trade: &Trade) {
        self.advance(trade.at_ms, trade.price);
        if let Some(candle) = self.0.back_mut() {
            if candle.trades == 0 {
                *candle = Candle::flat(candle.opened_at_ms, trade.price);
            }
            candle.append(&Candle::of(trade));
        }
    }

    /// The minutes from a time on, oldest first.
    pub(crate) fn since(&self, from_ms: u64) -> impl Iterator<Item = &Candle> {
        self.0.iter().filter(move |candle| candle.opened_at_ms >= from_ms)
    }

    /// Everything since a time as one candle; flat at `last` when nothing is known.
    pub(crate) fn day(&self, from_ms: u64, last: Decimal) -> Candle {
        let mut minutes = self.since(from_ms);
        let mut day = minutes.next().copied().unwrap_or_else(|| Candle::flat(from_ms, last));
        minutes.for_each(|minute| day.append(minute));
        day
    }

    /// Spans of `span_ms` that start at multiples of it from `offset_ms` on, oldest first.
    pub(crate) fn spans(&self, span_ms: u64, offset_ms: u64) -> Vec<Candle> {
        let mut spans: Vec<Candle> = Vec::new();
        for minute in &self.0 {
            let opened_at_ms = minute.opened_at_ms - minute.opened_at_ms.saturating_sub(offset_ms) % span_ms;
            match spans.last_mut() {
                Some(span) if span.opened_at_ms == opened_at_ms => span.append(minute),
                _ => spans.push(Candle { opened_at_ms, ..*minute }),
            }
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(closes: &[i64]) -> Candles {
        let mut candles = Candles::default();
        for (minute, close) in (0..).zip(closes) {
            candles.push(Candle::flat(minute * MINUTE_MS, (*close).into()));
        }
        candles
    }

    #[test]
    fn longer_spans_are_made_of_minutes() {
        let spans = minutes(&[5, 9, 1, 4, 7]).spans(3 * MINUTE_MS, 0);
        let shape = |candle: &Candle| {
            [candle.open, candle.high, candle.low, candle.close].map(|price| price.to_string())
        };
        assert_eq!(spans.iter().map(shape).collect::<Vec<_>>(), [["5", "9", "1", "1"], ["4", "7", "4", "7"]]);
    }

    #[test]
    fn a_minute_without_trades_stays_at_the_last_price() {
        let mut candles = minutes(&[5]);
        candles.advance(3 * MINUTE_MS + 1, Decimal::from(5));
        assert_eq!(
            candles.since(0).map(|candle| candle.opened_at_ms / MINUTE_MS).collect::<Vec<_>>(),
            [0, 1, 2, 3]
        );
    }

    #[test]
    fn a_jump_of_the_clock_does_not_fill_the_memory() {
        let mut candles = minutes(&[5]);
        candles.advance(u64::MAX, Decimal::from(5));
        assert_eq!(candles.since(0).count(), MINUTES);
    }
}
