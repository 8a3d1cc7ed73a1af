//! The order book of one market: the orders that wait, best price first, then the oldest.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::order::{OrderId, Side};

/// The orders that wait on both sides.
#[derive(Clone, Debug, Default)]
pub(super) struct Book {
    bids: BTreeSet<Place>,
    asks: BTreeSet<Place>,
}

/// A place in the queue. The derived order is price-time priority: rank first, then age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// The price of an ask, the negative price of a bid: lower is better on both sides.
    rank: Decimal,
    id: OrderId,
}

impl Place {
    fn new(side: Side, price: Decimal, id: OrderId) -> Self {
        let rank = match side {
            Side::Buy => -price,
            Side::Sell => price,
        };
        Self { rank, id }
    }
}

impl Book {
    /// The orders that wait on a side with their prices, in the order in which they trade.
    pub(super) fn queue(&self, side: Side) -> impl Iterator<Item = (Decimal, OrderId)> {
        self.side(side).iter().map(|place| (place.rank.abs(), place.id))
    }

    pub(super) fn insert(&mut self, side: Side, price: Decimal, id: OrderId) {
        self.side_mut(side).insert(Place::new(side, price, id));
    }

    pub(super) fn remove(&mut self, side: Side, price: Decimal, id: OrderId) {
        self.side_mut(side).remove(&Place::new(side, price, id));
    }

    fn side(&self, side: Side) -> &BTreeSet<Place> {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn side_mut(&mut self, side: Side) -> &mut BTreeSet<Place> {
        match side {
            Side::Buy => &mut self.bids,
            Side::Sell => &mut self.asks,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(side: Side, inserted: &[(i64, u64)], queue: &[(i64, u64)]) {
        let mut book = Book::default();
        inserted.iter().for_each(|&(price, id)| book.insert(side, price.into(), OrderId(id)));
        let expected: Vec<_> = queue.iter().map(|&(price, id)| (Decimal::from(price), OrderId(id))).collect();
        assert_eq!(book.queue(side).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_lowest_ask_is_first_and_the_older_of_two() {
        check(Side::Sell, &[(11, 1), (10, 3), (10, 2)], &[(10, 2), (10, 3), (11, 1)]);
    }

    #[test]
    fn the_highest_bid_is_first_and_the_older_of_two() {
        check(Side::Buy, &[(10, 1), (11, 3), (11, 2)], &[(11, 2), (11, 3), (10, 1)]);
    }

    #[test]
    fn what_is_removed_does_not_trade() {
        let mut book = Book::default();
        book.insert(Side::Buy, Decimal::ONE, OrderId(1));
        book.remove(Side::Buy, Decimal::ONE, OrderId(1));
        assert_eq!(book.queue(Side::Buy).next(), None);
    }
}
