//! Taking an order: check, plan, hold the money, trade, and let the rest wait or expire.

use rust_decimal::Decimal;

use super::order::{NewOrder, Order, OrderId, Side, Status};
use super::plan::{Fill, Plan};
use super::rejection::Rejection;
use super::trade::{Party, Trade};
use super::{AccountId, Engine};

/// An order that was taken, with the trades that it made at once.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) order: Order,
    pub(crate) trades: Vec<Trade>,
}

impl Engine {
    /// Checks an order as far as it can be without taking it.
    ///
    /// # Errors
    /// Unknown market, or a filter.
    pub(crate) fn check(&self, new: &NewOrder) -> Result<(), Rejection> {
        let market = self.market(&new.symbol)?;
        market.filters.check(&new.terms, market.last)
    }

    /// Takes an order: all of it, or none of it.
    ///
    /// # Errors
    /// Whatever speaks against it; nothing has then changed.
    pub(crate) fn place(
        &mut self,
        account: AccountId,
        new: NewOrder,
        now_ms: u64,
    ) -> Result<Placed, Rejection> {
        self.check(&new)?;
        self.check_open_orders(account, &new)?;
        let plan = self.plan(account, &new)?;
        if matches!(new.terms, super::Terms::LimitMaker { .. }) && !plan.is_empty() {
            return Err(Rejection::WouldTake);
        }
        let held = plan.needs(&new.terms, new.side);
        let asset = self.market(&new.symbol)?.given(new.side).to_owned();
        self.account(account).hold(&asset, held)?;
        let id = self.admit(account, new, held, now_ms);
        let trades = self.execute(id, &plan, now_ms);
        Ok(Placed { order: self.settle(id, now_ms), trades })
    }

    fn check_open_orders(&self, account: AccountId, new: &NewOrder) -> Result<(), Rejection> {
        if self.accounts[account.0].is_house {
            return Ok(());
        }
        let open = self.open_orders(account, Some(&new.symbol));
        if open.len() >= self.market(&new.symbol)?.filters.max_orders {
            return Err(Rejection::Filter("MAX_NUM_ORDERS"));
        }
        let is_taken = |order: &&Order| Some(&order.client_id) == new.client_id.as_ref();
        if self.open_orders(account, None).iter().any(is_taken) { Err(Rejection::Duplicate) } else { Ok(()) }
    }

    fn plan(&self, account: AccountId, new: &NewOrder) -> Result<Plan, Rejection> {
        let market = self.market(&new.symbol)?;
        let queue = market.book.queue(new.side.opposite());
        let waiting = queue.filter_map(|(price, id)| Some((price, self.orders.get(&id)?)));
        let plan = Plan::new(&new.terms, new.side, account, market.filters.step, waiting);
        let is_short = new.terms.all_or_none() && Some(plan.quantity()) < new.terms.quantity();
        Ok(if is_short { Plan::default() } else { plan })
    }

    fn admit(&mut self, account: AccountId, new: NewOrder, held: Decimal, now_ms: u64) -> OrderId {
        self.last_order += 1;
        let id = OrderId(self.last_order);
        let order = Order {
            id,
            account,
            symbol: new.symbol,
            client_id: new.client_id.unwrap_or_else(|| format!("sandbox-{}", id.0)),
            side: new.side,
            terms: new.terms,
            status: Status::New,
            executed: Decimal::ZERO,
            executed_quote: Decimal::ZERO,
            held,
            created_at_ms: now_ms,
            updated_at_ms: now_ms,
        };
        self.account(account).open.insert(id);
        self.orders.insert(id, order);
        id
    }

    fn execute(&mut self, taker: OrderId, plan: &Plan, now_ms: u64) -> Vec<Trade> {
        for own in &plan.own {
            self.close(*own, Status::ExpiredInMatch, now_ms);
        }
        plan.fills.iter().filter_map(|fill| self.trade(taker, *fill, now_ms)).collect()
    }

    fn trade(&mut self, taker: OrderId, fill: Fill, now_ms: u64) -> Option<Trade> {
        let taking = self.fill(taker, fill, now_ms)?;
        let making = self.fill(fill.maker, fill, now_ms)?;
        let (symbol, taker_side) = self.orders.get(&taker).map(|order| (order.symbol.clone(), order.side))?;
        let market = self.markets.get_mut(&symbol)?;
        let trade = Trade {
            id: market.next_trade_id(),
            symbol,
            price: fill.price,
            quantity: fill.quantity,
            at_ms: now_ms,
            taker_side,
            taker: taking,
            maker: making,
        };
        market.record(&trade);
        self.account(taking.account).remember(&trade);
        self.account(making.account).remember(&trade);
        if self.orders.get(&fill.maker).is_some_and(|maker| maker.remaining().is_zero()) {
            self.close(fill.maker, Status::Filled, now_ms);
        }
        Some(trade)
    }

    /// One side of a trade: gives what was held, frees what a better price saves, takes the other asset.
    fn fill(&mut self, id: OrderId, fill: Fill, now_ms: u64) -> Option<Party> {
        let order = self.orders.get_mut(&id)?;
        let market = self.markets.get(&order.symbol)?;
        let quote = fill.price * fill.quantity;
        let reserved = order.terms.limit().unwrap_or(fill.price) * fill.quantity;
        order.executed += fill.quantity;
        order.executed_quote += quote;
        order.status = Status::PartiallyFilled;
        order.updated_at_ms = now_ms;
        let account = &mut self.accounts[order.account.0];
        match order.side {
            Side::Buy => {
                order.held -= reserved;
                account.give_held(&market.quote, quote);
                account.release(&market.quote, reserved - quote);
                account.receive(&market.base, fill.quantity);
            }
            Side::Sell => {
                order.held -= fill.quantity;
                account.give_held(&market.base, fill.quantity);
                account.receive(&market.quote, quote);
            }
        }
        Some(Party { account: order.account, order: id })
    }

    /// Lets what did not trade wait, or expire. Returns the order as it then is.
    fn settle(&mut self, id: OrderId, now_ms: u64) -> Order {
        let mut order = self.orders[&id].clone();
        let is_done = order.remaining().is_zero() && !order.executed.is_zero();
        match order.terms.limit() {
            _ if is_done => order.status = Status::Filled,
            Some(price) if order.terms.rests() => {
                if let Some(market) = self.markets.get_mut(&order.symbol) {
                    market.book.insert(order.side, price, id);
                }
                return order;
            }
            _ => order.status = Status::Expired,
        }
        self.close(id, order.status, now_ms);
        order
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::{Terms, TimeInForce};
    use super::super::testing::{ALICE, BOB, CAROL, decimal, engine, gtc, limit, new};
    use super::*;

    fn pair(free: &str, locked: &str) -> (String, String) {
        (free.to_owned(), locked.to_owned())
    }

    #[test]
    fn the_better_price_trades_first_and_then_the_older_order() {
        let mut engine = engine();
        let dear = engine.put(ALICE, Side::Sell, gtc("101", "1")).unwrap().order;
        let first = engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap().order;
        let second = engine.put(BOB, Side::Sell, gtc("100", "1")).unwrap().order;
        let placed = engine.put(CAROL, Side::Buy, gtc("101", "2.5")).unwrap();
        let met: Vec<_> = placed.trades.iter().map(|trade| (trade.maker.order, trade.price)).collect();
        assert_eq!(met, [(first.id, decimal("100")), (second.id, decimal("100")), (dear.id, decimal("101"))]);
        assert_eq!(
            [first, second, dear].map(|order| engine.now(&order)),
            [Status::Filled, Status::Filled, Status::PartiallyFilled]
        );
    }

    #[test]
    fn a_trade_is_at_the_price_that_waited_and_the_saving_is_free_again() {
        let mut engine = engine();
        engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap();
        assert_eq!(
            engine.outcome(BOB, Side::Buy, gtc("110", "2")),
            (Status::PartiallyFilled, "1".to_owned())
        );
        assert_eq!(engine.money(BOB, "USDT"), pair("9790", "110"));
        assert_eq!(engine.money(BOB, "BTC"), pair("11", "0"));
        assert_eq!(engine.money(ALICE, "USDT"), pair("10100", "0"));
        assert_eq!(engine.money(ALICE, "BTC"), pair("9", "0"));
    }

    #[test]
    fn fill_or_kill_trades_whole_or_not_at_all() {
        let mut engine = engine();
        engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap();
        let fok = |quantity| limit("100", quantity, TimeInForce::Fok);
        assert_eq!(engine.outcome(BOB, Side::Buy, fok("1.001")), (Status::Expired, "0".to_owned()));
        assert_eq!(engine.money(BOB, "USDT"), pair("10000", "0"));
        assert_eq!(engine.outcome(BOB, Side::Buy, fok("1")), (Status::Filled, "1".to_owned()));
    }

    #[test]
    fn immediate_or_cancel_trades_what_it_can_and_leaves_nothing() {
        let mut engine = engine();
        engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap();
        let ioc = limit("100", "3", TimeInForce::Ioc);
        assert_eq!(engine.outcome(BOB, Side::Buy, ioc), (Status::Expired, "1".to_owned()));
        assert_eq!(engine.money(BOB, "USDT"), pair("9900", "0"));
        assert!(engine.open_orders(BOB, None).is_empty());
    }

    #[test]
    fn a_post_only_order_never_takes() {
        let mut engine = engine();
        engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap();
        let post = |price| Terms::LimitMaker { price: decimal(price), quantity: decimal("1") };
        assert_eq!(engine.put(BOB, Side::Buy, post("100")).unwrap_err(), Rejection::WouldTake);
        assert_eq!(engine.put(ALICE, Side::Buy, post("100")).unwrap_err(), Rejection::WouldTake);
        assert_eq!(engine.outcome(BOB, Side::Buy, post("99.99")), (Status::New, "0".to_owned()));
    }

    #[test]
    fn a_market_order_takes_any_price_and_what_is_missing_expires() {
        let mut engine = engine();
        engine.put(ALICE, Side::Sell, gtc("100", "1")).unwrap();
        engine.put(ALICE, Side::Sell, gtc("200", "1")).unwrap();
        let market = |quantity| Terms::Market { quantity: decimal(quantity) };
        assert_eq!(engine.outcome(BOB, Side::Buy, market("1.5")), (Status::Filled, "1.5".to_owned()));
        assert_eq!(engine.money(BOB, "USDT"), pair("9800", "0"));
        assert_eq!(engine.outcome(BOB, Side::Buy, market("5")), (Status::Expired, "0.5".to_owned()));
        assert_eq!(engine.outcome(BOB, Side::Sell, market("5")), (Status::Expired, "0".to_owned()));
        assert_eq!(engine.money(BOB, "BTC"), pair("12", "0"));
    }

    #[test]
    fn a_market_order_may_name_the_quote_money_and_spends_no_more() {
        let mut engine = engine();
        engine.put(ALICE, Side::Sell, gtc("30", "1")).unwrap();
        engine.put(ALICE, Side::Sell, gtc("70", "1")).unwrap();
        let spend = |quote| Terms::MarketQuote { quote: decimal(quote) };
        assert_eq!(engine.outcome(BOB, Side::Buy, spend("50")), (Status::Filled, "1.285".to_owned()));
        assert_eq!(engine.money(BOB, "USDT"), pair("9950.05", "0"));
        assert_eq!(engine.put(CAROL, Side::Buy, spend("1")).unwrap_err(), Rejection::Filter("NOTIONAL"));
    }

    #[test]
    fn nobody_trades_with_himself() {
        let mut engine = engine();
        let own = engine.put(ALICE, Side::Sell, gtc("99", "1")).unwrap().order;
        engine.put(BOB, Side::Sell, gtc("100", "1")).unwrap();
        let placed = engine.put(ALICE, Side::Buy, gtc("100", "1")).unwrap();
        assert_eq!(engine.now(&own), Status::ExpiredInMatch);
        assert_eq!(placed.trades.iter().map(|trade| trade.maker.account).collect::<Vec<_>>(), [BOB]);
        assert_eq!(engine.money(ALICE, "BTC"), pair("11", "0"));
    }

    #[test]
    fn what_an_account_does_not_have_it_cannot_trade() {
        let mut engine = engine();
        for (side, terms) in [
            (Side::Buy, gtc("100", "100.001")),
            (Side::Sell, gtc("100", "10.001")),
            (Side::Sell, Terms::Market { quantity: decimal("10.001") }),
        ] {
            assert_eq!(engine.put(ALICE, side, terms).unwrap_err(), Rejection::InsufficientBalance);
        }
        engine.put(BOB, Side::Sell, gtc("2000", "10")).unwrap();
        let market = Terms::Market { quantity: decimal("5.001") };
        assert_eq!(engine.put(ALICE, Side::Buy, market).unwrap_err(), Rejection::InsufficientBalance);
        assert_eq!(engine.money(ALICE, "USDT"), pair("10000", "0"));
    }

    #[test]
    fn a_client_id_names_one_open_order() {
        let mut engine = engine();
        let named = NewOrder { client_id: Some("mine".to_owned()), ..new(Side::Buy, gtc("50", "1")) };
        let first = engine.place(ALICE, named.clone(), 0).unwrap().order;
        assert_eq!(engine.place(ALICE, named.clone(), 0).unwrap_err(), Rejection::Duplicate);
        assert!(engine.place(BOB, named.clone(), 0).is_ok());
        engine.close(first.id, Status::Canceled, 0);
        assert!(engine.place(ALICE, named, 0).is_ok());
    }

    #[test]
    fn open_orders_are_limited() {
        let mut engine = engine();
        (0..200).for_each(|_| drop(engine.put(ALICE, Side::Buy, gtc("5", "1")).unwrap()));
        let one_more = engine.put(ALICE, Side::Buy, gtc("5", "1")).unwrap_err();
        assert_eq!(one_more, Rejection::Filter("MAX_NUM_ORDERS"));
    }
}
