//! Accounts and their money: what is free, and what open orders hold.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rust_decimal::Decimal;

use super::order::OrderId;
use super::rejection::Rejection;
use super::trade::Trade;

/// So many closed orders and trades of an account are remembered.
const HISTORY: usize = 5_000;

/// Names an account of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AccountId(pub(super) usize);

/// One asset of one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Balance {
    /// At hand.
    pub(crate) free: Decimal,
    /// Held by open orders.
    pub(crate) locked: Decimal,
}

/// One account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(super) balances: BTreeMap<String, Balance>,
    pub(super) open: BTreeSet<OrderId>,
    pub(super) closed: VecDeque<OrderId>,
    pub(super) trades: VecDeque<Trade>,
    /// The exchange's own: it keeps the books alive, and nobody asks for its history.
    pub(super) is_house: bool,
}

impl AccountId {
    /// A number that is shown to the caller.
    pub(crate) fn number(self) -> usize {
        self.0
    }
}

impl Account {
    /// An account that owns this and has no orders.
    pub(super) fn owning(owns: &[(String, Decimal)]) -> Self {
        let free = |(asset, free): &(String, Decimal)| {
            (asset.clone(), Balance { free: *free, ..Balance::default() })
        };
        Self { balances: owns.iter().map(free).collect(), ..Self::default() }
    }

    /// Holds free money for an order.
    pub(super) fn hold(&mut self, asset: &str, amount: Decimal) -> Result<(), Rejection> {
        let balance = self.balance(asset);
        if amount > balance.free {
            return Err(Rejection::InsufficientBalance);
        }
        balance.free -= amount;
        balance.locked += amount;
        Ok(())
    }

    /// Frees what an order held.
    pub(super) fn release(&mut self, asset: &str, amount: Decimal) {
        let balance = self.balance(asset);
        balance.locked -= amount;
        balance.free += amount;
    }

    /// Gives away what an order held.
    pub(super) fn give_held(&mut self, asset: &str, amount: Decimal) {
        self.balance(asset).locked -= amount;
    }

    /// Gives away free money.
    pub(super) fn give_free(&mut self, asset: &str, amount: Decimal) -> Result<(), Rejection> {
        let balance = self.balance(asset);
        if amount > balance.free {
            return Err(Rejection::CannotWithdraw);
        }
        balance.free -= amount;
        Ok(())
    }

    /// Takes money in.
    pub(super) fn receive(&mut self, asset: &str, amount: Decimal) {
        self.balance(asset).free += amount;
    }

    /// Remembers a trade.
    pub(super) fn remember(&mut self, trade: &Trade) {
        if !self.is_house {
            keep_newest(&mut self.trades, trade.clone());
        }
    }

    /// Remembers that an order is closed, and returns one that may be forgotten for it.
    pub(super) fn close(&mut self, id: OrderId) -> Option<OrderId> {
        self.open.remove(&id);
        if self.is_house { Some(id) } else { keep_newest(&mut self.closed, id) }
    }

    fn balance(&mut self, asset: &str) -> &mut Balance {
        self.balances.entry(asset.to_owned()).or_default()
    }
}

/// Adds to a bounded history; returns what fell out of it.
pub(super) fn keep_newest<T>(history: &mut VecDeque<T>, newest: T) -> Option<T> {
    history.push_back(newest);
    if history.len() > HISTORY { history.pop_front() } else { None }
}
