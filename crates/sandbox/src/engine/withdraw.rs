//! Money that leaves the exchange.

use rust_decimal::Decimal;

use super::account::keep_newest;
use super::rejection::Rejection;
use super::{AccountId, Engine};

/// One withdrawal. It is complete at once, and costs nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Withdrawal {
    pub(crate) number: u64,
    pub(crate) account: AccountId,
    pub(crate) asset: String,
    pub(crate) amount: Decimal,
    pub(crate) address: String,
    pub(crate) network: String,
    /// The client's own id.
    pub(crate) client_id: Option<String>,
    pub(crate) at_ms: u64,
}

/// A withdrawal before the engine takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewWithdrawal {
    pub(crate) asset: String,
    pub(crate) amount: Decimal,
    pub(crate) address: String,
    pub(crate) network: Option<String>,
    pub(crate) client_id: Option<String>,
}

impl Engine {
    /// Sends free money away.
    ///
    /// # Errors
    /// The exchange does not know the asset, or the account has not enough of it.
    pub(crate) fn withdraw(
        &mut self,
        account: AccountId,
        new: NewWithdrawal,
        now_ms: u64,
    ) -> Result<Withdrawal, Rejection> {
        if !self.assets().contains(&new.asset.as_str()) {
            return Err(Rejection::UnknownAsset);
        }
        self.account(account).give_free(&new.asset, new.amount)?;
        self.last_withdrawal += 1;
        let withdrawal = Withdrawal {
            number: self.last_withdrawal,
            account,
            network: new.network.unwrap_or_else(|| network(&new.asset).to_owned()),
            asset: new.asset,
            amount: new.amount,
            address: new.address,
            client_id: new.client_id,
            at_ms: now_ms,
        };
        keep_newest(&mut self.withdrawals, withdrawal.clone());
        Ok(withdrawal)
    }

    /// The account's withdrawals, newest first.
    pub(crate) fn withdrawals(&self, account: AccountId) -> impl Iterator<Item = &Withdrawal> {
        self.withdrawals.iter().rev().filter(move |withdrawal| withdrawal.account == account)
    }
}

/// The network that an asset moves on here: its own, or Tron for tokens.
pub(crate) fn network(asset: &str) -> &str {
    if asset == "USDT" { "TRX" } else { asset }
}
