//! What an order would meet in the book, before anything moves.

use rust_decimal::Decimal;

use super::AccountId;
use super::order::{Order, OrderId, Side, Terms};

/// What an order would meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// The trades, in their order.
    pub(super) fills: Vec<Fill>,
    /// The orders of the same account on the way: they expire, so that nobody trades with himself.
    pub(super) own: Vec<OrderId>,
}

/// One trade to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fill {
    pub(super) maker: OrderId,
    pub(super) price: Decimal,
    pub(super) quantity: Decimal,
}

/// How much an order still wants.
#[derive(Clone, Copy)]
enum Appetite {
    Base(Decimal),
    /// Quote money, spent in whole steps of the base.
    Quote(Decimal, Decimal),
}

impl Plan {
    /// Walks along what waits on the other side, best first.
    pub(super) fn new<'o>(
        terms: &Terms,
        side: Side,
        account: AccountId,
        step: Decimal,
        waiting: impl Iterator<Item = (Decimal, &'o Order)>,
    ) -> Self {
        let mut plan = Self::default();
        let mut appetite = Appetite::of(terms, step);
        for (price, order) in waiting.take_while(|(price, _)| is_acceptable(terms, side, *price)) {
            let quantity = appetite.at(price).min(order.remaining());
            if quantity.is_zero() {
                break;
            }
            if order.account == account {
                plan.own.push(order.id);
                continue;
            }
            appetite.eat(price, quantity);
            plan.fills.push(Fill { maker: order.id, price, quantity });
        }
        plan
    }

    /// Whether it meets nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.fills.is_empty() && self.own.is_empty()
    }

    /// How much would be traded, of the base.
    pub(super) fn quantity(&self) -> Decimal {
        self.fills.iter().map(|fill| fill.quantity).sum()
    }

    /// How much would be traded, in quote money.
    pub(super) fn quote(&self) -> Decimal {
        self.fills.iter().map(|fill| fill.price * fill.quantity).sum()
    }

    /// What an order must hold of the asset that it gives.
    pub(super) fn needs(&self, terms: &Terms, side: Side) -> Decimal {
        match (side, terms.limit(), terms.quantity()) {
            (Side::Buy, Some(price), Some(quantity)) => price * quantity,
            (Side::Buy, ..) => self.quote(),
            (Side::Sell, _, quantity) => quantity.unwrap_or_else(|| self.quantity()),
        }
    }
}

fn is_acceptable(terms: &Terms, side: Side, price: Decimal) -> bool {
    terms.limit().is_none_or(|limit| match side {
        Side::Buy => price <= limit,
        Side::Sell => price >= limit,
    })
}

impl Appetite {
    fn of(terms: &Terms, step: Decimal) -> Self {
        match terms {
            Terms::Limit { quantity, .. }
            | Terms::LimitMaker { quantity, .. }
            | Terms::Market { quantity } => Self::Base(*quantity),
            Terms::MarketQuote { quote } => Self::Quote(*quote, step),
        }
    }

    /// How much of the base it takes at a price.
    fn at(self, price: Decimal) -> Decimal {
        match self {
            Self::Base(left) => left,
            Self::Quote(left, step) => (left / (price * step)).floor() * step,
        }
    }

    fn eat(&mut self, price: Decimal, quantity: Decimal) {
        match self {
            Self::Base(left) => *left -= quantity,
            Self::Quote(left, _) => *left -= price * quantity,
        }
    }
}
