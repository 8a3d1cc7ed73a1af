//! A small engine for tests: one market, three traders, and orders in few words.

use rust_decimal::Decimal;

use super::order::{NewOrder, Order, Side, Status, Terms, TimeInForce};
use super::place::Placed;
use super::rejection::Rejection;
use super::{AccountId, Balance, Engine, Named};
use crate::config::MarketConfig;

pub(super) const SYMBOL: &str = "BTCUSDT";
pub(super) const ALICE: AccountId = AccountId(0);
pub(super) const BOB: AccountId = AccountId(1);
pub(super) const CAROL: AccountId = AccountId(2);

pub(super) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The market of [`SYMBOL`]: tick 0.01, step 0.001, least order 5 USDT.
pub(super) fn market() -> MarketConfig {
    MarketConfig {
        base: "BTC".to_owned(),
        quote: "USDT".to_owned(),
        price: decimal("100"),
        tick: decimal("0.01"),
        step: decimal("0.001"),
        min_notional: decimal("5"),
    }
}

/// Three accounts of 10 BTC and 10 000 USDT each on one [`market`].
pub(super) fn engine() -> Engine {
    let mut engine = Engine::new(&[market()]);
    let owns = [("BTC".to_owned(), decimal("10")), ("USDT".to_owned(), decimal("10000"))];
    let accounts = [(); 3].map(|()| engine.open_account(&owns));
    assert_eq!(accounts, [ALICE, BOB, CAROL]);
    engine
}

pub(super) fn limit(price: &str, quantity: &str, time_in_force: TimeInForce) -> Terms {
    Terms::Limit { price: decimal(price), quantity: decimal(quantity), time_in_force }
}

pub(super) fn gtc(price: &str, quantity: &str) -> Terms {
    limit(price, quantity, TimeInForce::Gtc)
}

pub(super) fn new(side: Side, terms: Terms) -> NewOrder {
    NewOrder { symbol: SYMBOL.to_owned(), side, terms, client_id: None }
}

impl Engine {
    pub(super) fn put(&mut self, account: AccountId, side: Side, terms: Terms) -> Result<Placed, Rejection> {
        self.place(account, new(side, terms), 0)
    }

    /// Places an order that must be taken; returns what became of it and how much it traded.
    pub(super) fn outcome(&mut self, account: AccountId, side: Side, terms: Terms) -> (Status, String) {
        let placed = self.put(account, side, terms).unwrap();
        (placed.order.status, placed.order.executed.normalize().to_string())
    }

    pub(super) fn now(&self, order: &Order) -> Status {
        self.order(order.account, SYMBOL, &Named::Id(order.id)).unwrap().status
    }

    /// Free and locked of an asset, as people write them.
    pub(super) fn money(&self, account: AccountId, asset: &str) -> (String, String) {
        let Balance { free, locked } = self.balances(account)[asset];
        (free.normalize().to_string(), locked.normalize().to_string())
    }
}
