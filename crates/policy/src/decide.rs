//! The decision: may this key do this, here, now, from there.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;

use crate::{AddressRules, KeyState, Lifetime, Permission, PermissionSet, Reason};

/// The markets of a grant in the venue's own names, ready to be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Markets {
    /// Every market.
    Any,
    /// Only these.
    Only(BTreeSet<Box<str>>),
}

/// The markets that a request touches.
#[derive(Clone, Copy, Debug)]
pub enum AskedMarkets<'a> {
    /// The request is not about particular markets: nothing to check.
    NotApplicable,
    /// It is, and they cannot be read.
    Unreadable,
    /// All of them, in the venue's own names.
    Named(&'a [&'a str]),
}

impl Markets {
    /// Checks the markets of a request.
    ///
    /// # Errors
    /// [`Reason::SymbolNotAllowed`], or [`Reason::SymbolUnreadable`]: what cannot be read is not guessed.
    pub fn check(&self, asked: AskedMarkets<'_>) -> Result<(), Reason> {
        match (self, asked) {
            (Self::Any, _) | (Self::Only(_), AskedMarkets::NotApplicable) => Ok(()),
            (Self::Only(_), AskedMarkets::Unreadable | AskedMarkets::Named([])) => {
                Err(Reason::SymbolUnreadable)
            }
            (Self::Only(list), AskedMarkets::Named(names)) => {
                if names.iter().all(|name| list.contains(*name)) {
                    Ok(())
                } else {
                    Err(Reason::SymbolNotAllowed)
                }
            }
        }
    }
}

/// One request, as far as the rules need to know it, against one key and one of its grants.
#[derive(Clone, Copy, Debug)]
pub struct Asking<'a> {
    /// The time.
    pub now: Timestamp,
    /// Where the request comes from.
    pub address: IpAddr,
    /// What it needs.
    pub needs: Permission,
    /// The markets that it touches.
    pub markets: AskedMarkets<'a>,
    /// The key's state.
    pub state: KeyState,
    /// The key's lifetime.
    pub lifetime: &'a Lifetime,
    /// The key's address rules.
    pub addresses: &'a AddressRules,
    /// The grant's permissions.
    pub granted: PermissionSet,
    /// The grant's markets.
    pub limited_to: &'a Markets,
}

/// Decides a request. Every rule must pass; the first that does not is the reason.
///
/// # Errors
/// The reason for the refusal.
pub fn decide(asking: &Asking<'_>) -> Result<(), Reason> {
    asking.lifetime.standing(asking.state, asking.now).check()?;
    asking.addresses.check(asking.address)?;
    if !asking.granted.covers(asking.needs) {
        return Err(Reason::PermissionMissing);
    }
    asking.limited_to.check(asking.markets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(names: &[&str]) -> Markets {
        Markets::Only(names.iter().map(|name| (*name).into()).collect())
    }

    #[test]
    fn every_market_asked_must_be_allowed() {
        let markets = only(&["BTCUSDT", "ETHUSDT"]);
        assert_eq!(markets.check(AskedMarkets::Named(&["BTCUSDT", "ETHUSDT"])), Ok(()));
        assert_eq!(
            markets.check(AskedMarkets::Named(&["BTCUSDT", "XRPUSDT"])),
            Err(Reason::SymbolNotAllowed)
        );
    }

    #[test]
    fn doubt_about_the_market_is_refused() {
        assert_eq!(only(&["BTCUSDT"]).check(AskedMarkets::Unreadable), Err(Reason::SymbolUnreadable));
        assert_eq!(only(&["BTCUSDT"]).check(AskedMarkets::Named(&[])), Err(Reason::SymbolUnreadable));
        assert_eq!(Markets::Any.check(AskedMarkets::Unreadable), Ok(()));
    }

    fn decided(granted: &str, needs: &str, state: KeyState, deny: &str) -> Result<(), Reason> {
        decide(&Asking {
            now: Timestamp::UNIX_EPOCH,
            address: [192, 0, 2, 1].into(),
            needs: needs.parse().unwrap(),
            markets: AskedMarkets::NotApplicable,
            state,
            lifetime: &Lifetime::default(),
            addresses: &AddressRules { allow: vec![], deny: vec![deny.parse().unwrap()] },
            granted: granted.parse().unwrap(),
            limited_to: &Markets::Any,
        })
    }

    #[test]
    fn the_first_rule_that_fails_is_the_reason() {
        assert_eq!(decided("trade", "trade:spot", KeyState::Active, "10.0.0.0/8"), Ok(()));
        assert_eq!(decided("", "read", KeyState::Active, "10.0.0.0/8"), Err(Reason::PermissionMissing));
        assert_eq!(decided("", "read", KeyState::Active, "192.0.2.0/24"), Err(Reason::AddressDenied));
        assert_eq!(decided("", "read", KeyState::Revoked, "192.0.2.0/24"), Err(Reason::KeyRevoked));
    }
}
