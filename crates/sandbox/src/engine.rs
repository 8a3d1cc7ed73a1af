//! The matching engine: pure. The time and every request are arguments; the same calls give the same trades.

mod account;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

pub(crate) use account::{Account, AccountId, Balance};

/// All accounts and markets.
pub(crate) struct Engine {
    accounts: Vec<Account>,
}

impl Engine {
    /// An engine without accounts.
    pub(crate) fn new() -> Self {
        Self { accounts: Vec::new() }
    }

    /// Opens an account that owns this.
    pub(crate) fn open_account(&mut self, owns: &[(String, Decimal)]) -> AccountId {
        let id = AccountId(self.accounts.len());
        self.accounts.push(Account::owning(owns));
        id
    }

    /// The balances of an account by asset.
    pub(crate) fn balances(&self, account: AccountId) -> BTreeMap<String, Balance> {
        self.accounts.get(account.0).map(|account| account.balances.clone()).unwrap_or_default()
    }
}
