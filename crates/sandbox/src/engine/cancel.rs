//! Taking orders back, and finding them.

use super::order::{Order, OrderId, Status};
use super::rejection::Rejection;
use super::{AccountId, Engine};

/// How a client names an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Id(OrderId),
    ClientId(String),
}

impl Engine {
    /// Takes an order back.
    ///
    /// # Errors
    /// It is not the account's, or does not wait any more.
    pub(crate) fn cancel(
        &mut self,
        account: AccountId,
        symbol: &str,
        named: &Named,
        now_ms: u64,
    ) -> Result<Order, Rejection> {
        self.market(symbol)?;
        let found = self.order(account, symbol, named).ok().filter(|order| order.is_open());
        let id = found.ok_or(Rejection::NothingToCancel)?.id;
        self.close(id, Status::Canceled, now_ms).ok_or(Rejection::NothingToCancel)
    }

    /// Takes every order of a market back.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn cancel_all(
        &mut self,
        account: AccountId,
        symbol: &str,
        now_ms: u64,
    ) -> Result<Vec<Order>, Rejection> {
        self.market(symbol)?;
        let ids: Vec<_> = self.open_orders(account, Some(symbol)).iter().map(|order| order.id).collect();
        let canceled: Vec<_> =
            ids.into_iter().filter_map(|id| self.close(id, Status::Canceled, now_ms)).collect();
        if canceled.is_empty() { Err(Rejection::NothingToCancel) } else { Ok(canceled) }
    }

    /// The account's order of this name; the newest where a client used a name twice.
    ///
    /// # Errors
    /// There is none, or it is too old to be remembered.
    pub(crate) fn order(&self, account: AccountId, symbol: &str, named: &Named) -> Result<&Order, Rejection> {
        self.market(symbol)?;
        let is_meant = |order: &&Order| match named {
            Named::Id(id) => order.id == *id,
            Named::ClientId(client_id) => order.client_id == *client_id,
        };
        self.orders_of(account, symbol).into_iter().rfind(is_meant).ok_or(Rejection::NoSuchOrder)
    }

    /// The account's orders that wait, on one market or all, oldest first.
    pub(crate) fn open_orders(&self, account: AccountId, symbol: Option<&str>) -> Vec<&Order> {
        let Some(owner) = self.accounts.get(account.0) else { return Vec::new() };
        let orders = owner.open.iter().filter_map(|id| self.orders.get(id));
        orders.filter(|order| symbol.is_none_or(|symbol| order.symbol == symbol)).collect()
    }

    /// The account's orders on a market as far as they are remembered, oldest first.
    pub(crate) fn orders_of(&self, account: AccountId, symbol: &str) -> Vec<&Order> {
        let Some(owner) = self.accounts.get(account.0) else { return Vec::new() };
        let ids = owner.open.iter().chain(&owner.closed);
        let mut orders: Vec<_> = ids.filter_map(|id| self.orders.get(id)).collect();
        orders.retain(|order| order.symbol == symbol);
        orders.sort_by_key(|order| order.id);
        orders
    }

    /// Ends an order: out of the book, its money free. Returns it as it then is.
    pub(super) fn close(&mut self, id: OrderId, status: Status, now_ms: u64) -> Option<Order> {
        let order = self.orders.get_mut(&id)?;
        let market = self.markets.get_mut(&order.symbol)?;
        if let Some(price) = order.terms.limit() {
            market.book.remove(order.side, price, id);
        }
        let owner = &mut self.accounts[order.account.0];
        owner.release(market.given(order.side), order.held);
        order.held = rust_decimal::Decimal::ZERO;
        order.status = status;
        order.updated_at_ms = now_ms;
        let closed = order.clone();
        if let Some(forgotten) = owner.close(id) {
            self.orders.remove(&forgotten);
        }
        Some(closed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Side;
    use super::super::testing::{ALICE, BOB, SYMBOL, engine, gtc};
    use super::*;

    #[test]
    fn a_cancelled_order_frees_its_money_and_trades_no_more() {
        let mut engine = engine();
        let order = engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap().order;
        let canceled = engine.cancel(ALICE, SYMBOL, &Named::Id(order.id), 7).unwrap();
        assert_eq!((canceled.status, canceled.updated_at_ms), (Status::Canceled, 7));
        assert_eq!(engine.money(ALICE, "BTC"), ("10".to_owned(), "0".to_owned()));
        assert!(engine.put(BOB, Side::Buy, gtc("100", "1")).unwrap().trades.is_empty());
    }

    #[test]
    fn only_an_own_open_order_can_be_cancelled() {
        let mut engine = engine();
        let order = engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap().order;
        let named = Named::Id(order.id);
        assert_eq!(engine.cancel(BOB, SYMBOL, &named, 0), Err(Rejection::NothingToCancel));
        assert!(engine.cancel(ALICE, SYMBOL, &named, 0).is_ok());
        assert_eq!(engine.cancel(ALICE, SYMBOL, &named, 0), Err(Rejection::NothingToCancel));
    }

    #[test]
    fn all_of_a_market_are_cancelled_at_once() {
        let mut engine = engine();
        engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap();
        engine.put(ALICE, Side::Buy, gtc("90", "1")).unwrap();
        assert_eq!(engine.cancel_all(ALICE, SYMBOL, 0).unwrap().len(), 2);
        assert_eq!(engine.cancel_all(ALICE, SYMBOL, 0), Err(Rejection::NothingToCancel));
        assert_eq!(engine.money(ALICE, "USDT"), ("10000".to_owned(), "0".to_owned()));
    }

    #[test]
    fn a_stranger_does_not_see_an_order() {
        let mut engine = engine();
        let order = engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap().order;
        assert!(engine.order(ALICE, SYMBOL, &Named::Id(order.id)).is_ok());
        assert_eq!(engine.order(BOB, SYMBOL, &Named::Id(order.id)), Err(Rejection::NoSuchOrder));
        assert_eq!(engine.order(ALICE, "NOPE", &Named::Id(order.id)), Err(Rejection::UnknownSymbol));
    }
}
