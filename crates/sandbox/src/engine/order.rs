//! Orders: what was asked for, and what became of it.

use rust_decimal::Decimal;

use super::AccountId;

/// Names an order; the lower came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct OrderId(pub(crate) u64);

/// Buy or sell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Buy,
    Sell,
}

/// How long a limit order waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeInForce {
    /// Until it is cancelled.
    Gtc,
    /// Not at all: what cannot trade now is dropped.
    Ioc,
    /// Not at all: it trades whole, or not.
    Fok,
}

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Terms {
    /// So much at this price or better.
    Limit { price: Decimal, quantity: Decimal, time_in_force: TimeInForce },
    /// The same, never against what waits already.
    LimitMaker { price: Decimal, quantity: Decimal },
    /// So much at any price.
    Market { quantity: Decimal },
    /// As much as so much quote money is worth, at any price.
    MarketQuote { quote: Decimal },
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    New,
    PartiallyFilled,
    Filled,
    Canceled,
    Expired,
    /// It met an order of the same account, which is how this exchange prevents self-trades.
    ExpiredInMatch,
}

/// An order before the engine takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewOrder {
    pub(crate) symbol: String,
    pub(crate) side: Side,
    pub(crate) terms: Terms,
    /// The client's own id; the engine makes one when there is none.
    pub(crate) client_id: Option<String>,
}

/// An order that the engine took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: OrderId,
    pub(crate) account: AccountId,
    pub(crate) symbol: String,
    pub(crate) client_id: String,
    pub(crate) side: Side,
    pub(crate) terms: Terms,
    pub(crate) status: Status,
    /// How much was traded, of the base.
    pub(crate) executed: Decimal,
    /// How much was traded, in quote money.
    pub(crate) executed_quote: Decimal,
    /// What it still holds of the asset that it gives.
    pub(super) held: Decimal,
    pub(crate) created_at_ms: u64,
    pub(crate) updated_at_ms: u64,
}

impl Side {
    /// The side that it trades with.
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Buy => Self::Sell,
            Self::Sell => Self::Buy,
        }
    }
}

impl Terms {
    /// The worst price that is taken; any, where there is none.
    pub(crate) fn limit(&self) -> Option<Decimal> {
        match self {
            Self::Limit { price, .. } | Self::LimitMaker { price, .. } => Some(*price),
            Self::Market { .. } | Self::MarketQuote { .. } => None,
        }
    }

    /// How much was asked for, of the base; unknown beforehand where quote money was named.
    pub(crate) fn quantity(&self) -> Option<Decimal> {
        match self {
            Self::Limit { quantity, .. } | Self::LimitMaker { quantity, .. } | Self::Market { quantity } => {
                Some(*quantity)
            }
            Self::MarketQuote { .. } => None,
        }
    }

    /// Whether what does not trade at once waits in the book.
    pub(super) fn rests(&self) -> bool {
        matches!(self, Self::Limit { time_in_force: TimeInForce::Gtc, .. } | Self::LimitMaker { .. })
    }

    /// Whether it trades whole or not at all.
    pub(super) fn all_or_none(&self) -> bool {
        matches!(self, Self::Limit { time_in_force: TimeInForce::Fok, .. })
    }
}

impl Order {
    /// How much was asked for, of the base.
    pub(crate) fn quantity(&self) -> Decimal {
        self.terms.quantity().unwrap_or(self.executed)
    }

    /// How much of it is still to trade.
    pub(super) fn remaining(&self) -> Decimal {
        self.quantity() - self.executed
    }

    /// Whether it waits in the book.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.status, Status::New | Status::PartiallyFilled)
    }
}
