//! Read: what the request claims and what it would do, from its bytes alone.

use keyward_dialect::{Claim, MarketType, Movement, Needs, Params, Purpose, Request};
use keyward_policy::{Permission, Scope, Verb};

use super::Received;
use crate::denied::Denied;

/// A request that its dialect understands.
pub(crate) struct Read<'r> {
    pub(crate) received: &'r Received,
    pub(crate) request: Request<'r>,
    pub(crate) params: Params<'r>,
    pub(crate) claim: Claim<'r>,
    pub(crate) purpose: Purpose<'r>,
    pub(crate) needs: Permission,
}

impl Received {
    /// Takes the request apart; nothing secret is needed for it, so that it costs a stranger's request little.
    pub(crate) fn read(&self) -> Result<Read<'_>, Denied> {
        let dialect = self.resolved.venue.dialect;
        let request = self.request();
        let params = dialect.parse(&request)?;
        let purpose = dialect.classify(&request, &params)?;
        let claim = dialect.claim(&request, &params)?;
        let needs = permission(purpose.needs);
        Ok(Read { received: self, request, params, claim, purpose, needs })
    }
}

impl<'r> Read<'r> {
    /// The key that is claimed.
    pub(crate) fn key(&self) -> Option<&'r str> {
        match &self.claim {
            Claim::Signed(claim) => Some(claim.key),
            Claim::KeyOnly { key } => Some(key),
            Claim::Anonymous => None,
        }
    }
}

/// The policy's word for what a dialect says an endpoint needs.
fn permission(needs: Needs) -> Permission {
    match needs {
        Needs::Market => Permission::wide(Verb::Market),
        Needs::Read => Permission::wide(Verb::Read),
        Needs::Trade(MarketType::Spot) => Permission::narrow(Verb::Trade, Scope::Spot),
        Needs::Trade(MarketType::Margin) => Permission::narrow(Verb::Trade, Scope::Margin),
        Needs::Trade(MarketType::Futures) => Permission::narrow(Verb::Trade, Scope::Futures),
        Needs::Trade(MarketType::Options) => Permission::narrow(Verb::Trade, Scope::Options),
        Needs::Transfer(Movement::Wallets) => Permission::narrow(Verb::Transfer, Scope::Wallet),
        Needs::Transfer(Movement::Accounts) => Permission::narrow(Verb::Transfer, Scope::Account),
        Needs::Withdraw => Permission::wide(Verb::Withdraw),
        Needs::Manage => Permission::wide(Verb::Manage),
        Needs::Stream => Permission::wide(Verb::Stream),
    }
}
