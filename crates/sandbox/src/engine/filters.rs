//! The rules that an order must keep before it is looked at (filters.md of Binance's API documents).

use rust_decimal::Decimal;

use super::order::Terms;
use super::rejection::Rejection;
use crate::config::MarketConfig;

/// The rules of one market. Their limits also keep every product of price and quantity far inside exact arithmetic.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filters {
    pub(crate) tick: Decimal,
    pub(crate) max_price: Decimal,
    pub(crate) step: Decimal,
    pub(crate) max_quantity: Decimal,
    pub(crate) min_notional: Decimal,
    pub(crate) max_notional: Decimal,
    pub(crate) max_orders: usize,
}

impl Filters {
    pub(super) fn new(market: &MarketConfig) -> Self {
        Self {
            tick: market.tick,
            max_price: Decimal::from(1_000_000),
            step: market.step,
            max_quantity: Decimal::from(9_000_000),
            min_notional: market.min_notional,
            max_notional: Decimal::from(9_000_000_000_u64),
            max_orders: 200,
        }
    }

    /// Checks an order; `last` is the price that stands in where an order has none.
    ///
    /// # Errors
    /// [`Rejection::Filter`] with the name of the first filter that fails.
    pub(super) fn check(&self, terms: &Terms, last: Decimal) -> Result<(), Rejection> {
        if let Some(price) = terms.limit() {
            keep("PRICE_FILTER", is_multiple(price, self.tick, self.max_price))?;
        }
        if let Some(quantity) = terms.quantity() {
            keep("LOT_SIZE", is_multiple(quantity, self.step, self.max_quantity))?;
        }
        let notional = match (terms, terms.quantity()) {
            (Terms::MarketQuote { quote }, _) => *quote,
            (_, quantity) => terms.limit().unwrap_or(last) * quantity.unwrap_or_default(),
        };
        keep("NOTIONAL", self.min_notional <= notional && notional <= self.max_notional)
    }
}

fn keep(filter: &'static str, holds: bool) -> Result<(), Rejection> {
    if holds { Ok(()) } else { Err(Rejection::Filter(filter)) }
}

/// Whether `value` lies between one step and `max`, on a step. The limit is checked first: it bounds what follows.
fn is_multiple(value: Decimal, step: Decimal, max: Decimal) -> bool {
    step <= value && value <= max && (value % step).is_zero()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{decimal, gtc, market};
    use super::*;

    fn check(terms: Terms, fails: Option<&'static str>) {
        let expected = fails.map_or(Ok(()), |filter| Err(Rejection::Filter(filter)));
        assert_eq!(Filters::new(&market()).check(&terms, decimal("100")), expected, "{terms:?}");
    }

    #[test]
    fn a_price_is_on_the_tick_and_in_range() {
        check(gtc("100.01", "1"), None);
        for price in ["0", "100.001", "1000000.01", "99999999999999999999"] {
            check(gtc(price, "1"), Some("PRICE_FILTER"));
        }
    }

    #[test]
    fn a_quantity_is_on_the_step_and_in_range() {
        for quantity in ["0", "0.0001", "1.0005", "9000000.001", "99999999999999999999"] {
            check(gtc("100", quantity), Some("LOT_SIZE"));
            check(Terms::Market { quantity: decimal(quantity) }, Some("LOT_SIZE"));
        }
    }

    #[test]
    fn an_order_is_worth_something() {
        check(gtc("100", "0.05"), None);
        check(gtc("100", "0.049"), Some("NOTIONAL"));
        check(Terms::Market { quantity: decimal("0.049") }, Some("NOTIONAL"));
        check(Terms::MarketQuote { quote: decimal("4.99") }, Some("NOTIONAL"));
        check(Terms::MarketQuote { quote: decimal("99999999999999999999") }, Some("NOTIONAL"));
    }
}
