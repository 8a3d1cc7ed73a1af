//! Accounts and their money: what is free, and what open orders hold.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

/// Names an account of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AccountId(pub(super) usize);

impl AccountId {
    /// A number that is shown to the caller.
    pub(crate) fn number(self) -> usize {
        self.0
    }
}

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
}

impl Account {
    /// An account that owns this and has no orders.
    pub(super) fn owning(owns: &[(String, Decimal)]) -> Self {
        let free = |(asset, free): &(String, Decimal)| {
            (asset.clone(), Balance { free: *free, ..Balance::default() })
        };
        Self { balances: owns.iter().map(free).collect() }
    }
}
