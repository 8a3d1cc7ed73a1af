//! The matching engine: pure. The time and every request are arguments; the same calls give the same trades.
//!
//! Price-time priority; exact decimals; no fees. Money only ever moves between accounts, except by a withdrawal, and
//! what an account has locked is what its open orders hold. Where an order would meet another of the same account, the
//! one that waits expires (Binance's `EXPIRE_MAKER`).

mod account;
mod book;
mod cancel;
mod candle;
mod filters;
mod floor;
mod house;
mod market;
mod order;
mod place;
mod plan;
mod rejection;
#[cfg(test)]
mod testing;
mod trade;
mod withdraw;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use rust_decimal::Decimal;

use crate::config::MarketConfig;
use account::Account;

pub(crate) use account::{AccountId, Balance};
pub(crate) use cancel::Named;
pub(crate) use candle::{Candle, MINUTE_MS};
pub(crate) use filters::Filters;
pub(crate) use floor::Floor;
pub(crate) use market::Market;
pub(crate) use order::{NewOrder, Order, OrderId, Side, Status, Terms, TimeInForce};
pub(crate) use place::Placed;
pub(crate) use rejection::Rejection;
pub(crate) use trade::Trade;
pub(crate) use withdraw::{NewWithdrawal, Withdrawal, network};

/// All accounts, markets and orders.
#[derive(Clone, Debug)]
pub(crate) struct Engine {
    accounts: Vec<Account>,
    markets: BTreeMap<String, Market>,
    orders: HashMap<OrderId, Order>,
    withdrawals: VecDeque<Withdrawal>,
    last_order: u64,
    last_withdrawal: u64,
}

/// One price of a book and what waits there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Level {
    pub(crate) price: Decimal,
    pub(crate) quantity: Decimal,
}

impl Engine {
    /// An engine with empty books and no accounts.
    pub(crate) fn new(markets: &[MarketConfig]) -> Self {
        let markets = markets.iter().map(Market::new).map(|market| (market.symbol.clone(), market));
        Self {
            accounts: Vec::new(),
            markets: markets.collect(),
            orders: HashMap::new(),
            withdrawals: VecDeque::new(),
            last_order: 0,
            last_withdrawal: 0,
        }
    }

    /// Opens an account that owns this.
    pub(crate) fn open_account(&mut self, owns: &[(String, Decimal)]) -> AccountId {
        self.accounts.push(Account::owning(owns));
        AccountId(self.accounts.len() - 1)
    }

    /// Opens an account of the exchange's own.
    pub(crate) fn open_house_account(&mut self, owns: &[(String, Decimal)]) -> AccountId {
        self.accounts.push(Account { is_house: true, ..Account::owning(owns) });
        AccountId(self.accounts.len() - 1)
    }

    /// The balances of an account by asset.
    pub(crate) fn balances(&self, account: AccountId) -> BTreeMap<String, Balance> {
        self.accounts.get(account.0).map(|account| account.balances.clone()).unwrap_or_default()
    }

    /// The trades of an account on a market as far as they are remembered, oldest first.
    pub(crate) fn trades_of(&self, account: AccountId, symbol: &str) -> impl Iterator<Item = &Trade> {
        let trades = self.accounts.get(account.0).into_iter().flat_map(|account| &account.trades);
        trades.filter(move |trade| trade.symbol == symbol)
    }

    /// The market of this name.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn market(&self, symbol: &str) -> Result<&Market, Rejection> {
        self.markets.get(symbol).ok_or(Rejection::UnknownSymbol)
    }

    /// Every market, by name.
    pub(crate) fn markets(&self) -> impl Iterator<Item = &Market> {
        self.markets.values()
    }

    /// Every asset that is traded.
    pub(crate) fn assets(&self) -> BTreeSet<&str> {
        self.markets.values().flat_map(|market| [market.base.as_str(), market.quote.as_str()]).collect()
    }

    /// A number that grows with every order.
    pub(crate) fn sequence(&self) -> u64 {
        self.last_order
    }

    /// The best prices of one side with what waits there, at most `limit`.
    pub(crate) fn depth(&self, market: &Market, side: Side, limit: usize) -> Vec<Level> {
        let mut levels: Vec<Level> = Vec::new();
        for (price, id) in market.book.queue(side) {
            if levels.last().is_none_or(|level| level.price != price) {
                if levels.len() == limit {
                    break;
                }
                levels.push(Level { price, quantity: Decimal::ZERO });
            }
            if let (Some(level), Some(order)) = (levels.last_mut(), self.orders.get(&id)) {
                level.quantity += order.remaining();
            }
        }
        levels
    }

    /// The best bid and the best ask; zeroes where nobody waits.
    pub(crate) fn best(&self, market: &Market) -> (Level, Level) {
        let first = |side| self.depth(market, side, 1).first().copied().unwrap_or_default();
        (first(Side::Buy), first(Side::Sell))
    }

    fn account(&mut self, id: AccountId) -> &mut Account {
        &mut self.accounts[id.0]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::testing::{ALICE, BOB, CAROL, SYMBOL, engine, new};
    use super::*;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Place(AccountId, Side, Terms),
        Cancel(AccountId, u64),
        CancelAll(AccountId),
        Withdraw(AccountId, Decimal),
    }

    fn accounts() -> impl Strategy<Value = AccountId> {
        prop_oneof![Just(ALICE), Just(BOB), Just(CAROL)]
    }

    /// Prices near each other, so that orders meet; quantities on and off the step, some far too large.
    fn terms() -> impl Strategy<Value = Terms> {
        let price = (9_000..11_000_i64).prop_map(|cents| Decimal::new(cents, 2));
        let quantity = prop_oneof![(1..5_000_i64), (1..90_000_i64)].prop_map(|steps| Decimal::new(steps, 3));
        let tif = prop_oneof![Just(TimeInForce::Gtc), Just(TimeInForce::Ioc), Just(TimeInForce::Fok)];
        (price, quantity, tif, 0..6_u8).prop_map(|(price, quantity, time_in_force, kind)| match kind {
            0 => Terms::Market { quantity },
            1 => Terms::MarketQuote { quote: price * quantity },
            2 => Terms::LimitMaker { price, quantity },
            _ => Terms::Limit { price, quantity, time_in_force },
        })
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
        let step = prop_oneof![
            12 => (accounts(), side, terms()).prop_map(|(account, side, terms)| Step::Place(account, side, terms)),
            2 => (accounts(), 1..80_u64).prop_map(|(account, id)| Step::Cancel(account, id)),
            1 => accounts().prop_map(Step::CancelAll),
            1 => (accounts(), 1..3_000_i64).prop_map(|(account, amount)| Step::Withdraw(account, Decimal::new(amount, 2))),
        ];
        prop::collection::vec(step, 1..80)
    }

    /// Runs a step; returns how much BTC left.
    fn run(engine: &mut Engine, step: Step) -> Decimal {
        match step {
            Step::Place(account, side, terms) => drop(engine.place(account, new(side, terms), 0)),
            Step::Cancel(account, id) => drop(engine.cancel(account, SYMBOL, &Named::Id(OrderId(id)), 0)),
            Step::CancelAll(account) => drop(engine.cancel_all(account, SYMBOL, 0)),
            Step::Withdraw(account, amount) => {
                let (asset, address) = ("BTC".to_owned(), "bc1".to_owned());
                let new = NewWithdrawal { asset, amount, address, network: None, client_id: None };
                return engine.withdraw(account, new, 0).map(|gone| gone.amount).unwrap_or_default();
            }
        }
        Decimal::ZERO
    }

    fn total(engine: &Engine, asset: &str) -> Decimal {
        engine.accounts.iter().map(|account| account.balances[asset]).map(|b| b.free + b.locked).sum()
    }

    fn held(engine: &Engine, account: AccountId, side: Side) -> Decimal {
        let open = engine.open_orders(account, None).into_iter().filter(|order| order.side == side);
        open.map(|order| {
            order.remaining() * if side == Side::Buy { order.terms.limit().unwrap() } else { Decimal::ONE }
        })
        .sum()
    }

    fn check_books(engine: &Engine) -> Result<(), TestCaseError> {
        let (bid, ask) = engine.best(&engine.markets[SYMBOL]);
        prop_assert!(ask.quantity.is_zero() || bid.price < ask.price, "the book is crossed: {bid:?} {ask:?}");
        for account in [ALICE, BOB, CAROL] {
            let balances = engine.balances(account);
            prop_assert!(balances.values().all(|b| b.free >= Decimal::ZERO && b.locked >= Decimal::ZERO));
            prop_assert_eq!(balances["USDT"].locked, held(engine, account, Side::Buy));
            prop_assert_eq!(balances["BTC"].locked, held(engine, account, Side::Sell));
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn money_is_neither_made_nor_lost_and_what_is_locked_is_what_open_orders_hold(steps in steps()) {
            let mut engine = engine();
            let (btc, usdt) = (total(&engine, "BTC"), total(&engine, "USDT"));
            let mut gone = Decimal::ZERO;
            for step in steps {
                gone += run(&mut engine, step);
                prop_assert_eq!(total(&engine, "BTC") + gone, btc);
                prop_assert_eq!(total(&engine, "USDT"), usdt);
                check_books(&engine)?;
            }
        }
    }
}
