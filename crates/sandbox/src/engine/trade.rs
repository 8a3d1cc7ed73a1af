//! Trades: two orders that met.

use rust_decimal::Decimal;

use super::AccountId;
use super::order::{OrderId, Side};

/// One trade. Fees are zero on this exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trade {
    /// Its number in its market, rising.
    pub(crate) id: u64,
    pub(crate) symbol: String,
    pub(crate) price: Decimal,
    pub(crate) quantity: Decimal,
    pub(crate) at_ms: u64,
    /// The side of the order that came last.
    pub(crate) taker_side: Side,
    pub(crate) taker: Party,
    pub(crate) maker: Party,
}

/// One side of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Party {
    pub(crate) account: AccountId,
    pub(crate) order: OrderId,
}

impl Trade {
    /// What was paid.
    pub(crate) fn quote(&self) -> Decimal {
        self.price * self.quantity
    }

    /// The side of the trade that is this account's.
    pub(crate) fn party(&self, account: AccountId) -> Party {
        if self.maker.account == account { self.maker } else { self.taker }
    }

    /// Whether the buyer's order had waited.
    pub(crate) fn buyer_is_maker(&self) -> bool {
        self.taker_side == Side::Sell
    }
}
