//! The trading floor: the engine, and the house that keeps its books alive.

use super::house::House;
use super::order::NewOrder;
use super::place::Placed;
use super::rejection::Rejection;
use super::{AccountId, Engine};
use crate::config::MarketConfig;

/// Heartbeats that are made up before the exchange opens, so that there are trades to show; one a second.
const WARM_UP: u64 = 30;

/// The engine, and the house that keeps its books alive.
#[derive(Clone, Debug)]
pub(crate) struct Floor {
    pub(crate) engine: Engine,
    house: House,
}

impl Floor {
    /// Opens the floor, with a past.
    pub(crate) fn open(markets: &[MarketConfig], seed: u64, now_ms: u64) -> Self {
        let mut engine = Engine::new(markets);
        let house = House::new(&mut engine, seed);
        let mut floor = Self { engine, house };
        let opened_at_ms = now_ms.saturating_sub(WARM_UP * 1_000);
        floor.house.make_history(&mut floor.engine, opened_at_ms);
        (1..=WARM_UP).for_each(|second| floor.beat(opened_at_ms + second * 1_000));
        floor
    }

    /// One heartbeat of the house.
    pub(crate) fn beat(&mut self, now_ms: u64) {
        self.house.beat(&mut self.engine, now_ms);
    }

    /// Takes a customer's order; the house makes the quotes afresh that it took.
    ///
    /// # Errors
    /// Whatever speaks against the order; nothing has then changed.
    pub(crate) fn place(
        &mut self,
        account: AccountId,
        new: NewOrder,
        now_ms: u64,
    ) -> Result<Placed, Rejection> {
        let placed = self.engine.place(account, new, now_ms)?;
        if !placed.trades.is_empty() {
            self.house.quote(&mut self.engine, &placed.order.symbol, now_ms);
        }
        Ok(placed)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::super::{Side, Terms};
    use super::*;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn floor(seed: u64) -> Floor {
        Floor::open(&crate::demo::markets(), seed, NOW_MS)
    }

    fn prices(floor: &Floor) -> Vec<Decimal> {
        floor.engine.markets().map(|market| market.last).collect()
    }

    #[test]
    fn the_market_follows_from_the_seed() {
        let (mut one, mut other) = (floor(7), floor(7));
        (0..50).for_each(|beat| one.beat(NOW_MS + beat));
        (0..50).for_each(|beat| other.beat(NOW_MS + beat));
        assert_eq!(prices(&one), prices(&other));
        assert_ne!(prices(&one), prices(&floor(8)));
    }

    #[test]
    fn every_market_opens_with_quotes_trades_and_a_past() {
        let floor = floor(1);
        for market in floor.engine.markets() {
            assert!(!market.trades.is_empty(), "{}", market.symbol);
            assert!(market.candles.since(0).count() > 1_440, "{}", market.symbol);
            for side in [Side::Buy, Side::Sell] {
                assert!(floor.engine.depth(market, side, 100).len() >= 10, "{}", market.symbol);
            }
        }
    }

    #[test]
    fn quotes_come_back_when_they_are_taken() {
        let mut floor = floor(1);
        let customer = floor.engine.open_account(&[("USDT".to_owned(), Decimal::from(9_000_000))]);
        for _ in 0..3 {
            let terms = Terms::Market { quantity: Decimal::from(1) };
            let new = NewOrder { symbol: "BTCUSDT".to_owned(), side: Side::Buy, terms, client_id: None };
            assert_eq!(floor.place(customer, new, NOW_MS).unwrap().order.executed, Decimal::ONE);
        }
    }

    #[test]
    fn money_has_at_most_8_decimals() {
        for market in crate::demo::markets() {
            assert!((market.tick * market.step).scale() <= 8, "{}{}", market.base, market.quote);
        }
    }
}
