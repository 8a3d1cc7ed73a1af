//! Publishable keys: what they may be. Anybody may read their string, so whoever has it must gain nothing by it but public data.

use thiserror::Error;

use crate::{Key, Part, Permission, PermissionSet, Verb, Verifier};

/// Why a publishable key cannot be as it is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unpublishable {
    /// More than market data, or nothing.
    #[error(
        "a publishable key reads market data and may do nothing else: anybody can take it out of the page"
    )]
    Permissions,
    /// Markets that it is limited to.
    #[error("a limit to markets is about trading, which a publishable key never does")]
    Symbols,
    /// Approvals.
    #[error("a publishable key does nothing that a person could approve")]
    Holds,
    /// Addresses.
    #[error(
        "a publishable key is used from its readers' addresses, which nobody knows beforehand; its origins bind it"
    )]
    Addresses,
    /// No limit to how often it may be used.
    #[error("a publishable key needs a rate: anybody can use it")]
    Unlimited,
}

impl Unpublishable {
    /// Checks what was made of a key. Whatever is not publishable passes.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(key: &Key) -> Result<(), Self> {
        if !matches!(key.verifier, Verifier::Pages(_)) {
            return Ok(());
        }
        let market: PermissionSet = std::iter::once(Permission::wide(Verb::Market)).collect();
        if key.grants.iter().any(|grant| grant.permissions != market) {
            return Err(Self::Permissions);
        }
        if key.grants.iter().any(|grant| grant.symbols.list().is_some()) {
            return Err(Self::Symbols);
        }
        if key.grants.iter().any(|grant| !grant.holds.is_empty()) {
            return Err(Self::Holds);
        }
        if !key.addresses.allow.is_empty() || !key.addresses.deny.is_empty() {
            return Err(Self::Addresses);
        }
        key.rate.map(drop).ok_or(Self::Unlimited)
    }
}

/// Whether a string says of itself that it is a publishable key.
pub fn is_publishable(key: &str) -> bool {
    key.starts_with(Part::Publishable.prefix())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        AddressRules, ApiKey, Grant, Hold, Holds, KeyId, KeyState, Lifetime, Pages, ProjectId, RateLimit,
        Symbols, VenueId,
    };

    const RATE: RateLimit = RateLimit { per_minute: 60, burst: 20 };

    fn key(change: impl FnOnce(&mut Key)) -> Result<(), Unpublishable> {
        let grant = Grant {
            venue: VenueId::from_entropy([1; 16]),
            credential: None,
            permissions: "market".parse().unwrap(),
            symbols: Symbols::any(),
            holds: Holds::default(),
        };
        let mut key = Key {
            id: KeyId::from_entropy([1; 16]),
            project: ProjectId::from_entropy([2; 16]),
            name: "page".to_owned(),
            api_key: ApiKey::new("kwp"),
            verifier: Verifier::Pages(
                Pages::new(vec!["https://app.example".parse().unwrap()], RATE).unwrap(),
            ),
            state: KeyState::Active,
            lifetime: Lifetime::default(),
            addresses: AddressRules::default(),
            rate: Some(RATE),
            grants: vec![grant],
            revision: 1,
            created_at: Timestamp::UNIX_EPOCH,
            rotated_from: None,
        };
        change(&mut key);
        Unpublishable::check(&key)
    }

    #[test]
    fn market_data_is_all_that_a_publishable_key_may_ever_read() {
        assert_eq!(key(|_| ()), Ok(()));
        for permission in Permission::all().filter(|one| one.verb() != Verb::Market) {
            let alone: PermissionSet = std::iter::once(permission).collect();
            let beside = [permission, Permission::wide(Verb::Market)].into_iter().collect();
            for more in [alone, beside, PermissionSet::default()] {
                assert_eq!(
                    key(|key| key.grants[0].permissions = more),
                    Err(Unpublishable::Permissions),
                    "{more}"
                );
            }
        }
    }

    #[test]
    fn what_makes_no_sense_for_it_is_said() {
        let hold: Hold = "withdraw".parse().unwrap();
        let symbols = Symbols::only(["BTC/USDT".parse().unwrap()]);
        assert_eq!(key(|key| key.grants[0].symbols = symbols), Err(Unpublishable::Symbols));
        let holds = Holds::new([hold]).unwrap();
        assert_eq!(key(|key| key.grants[0].holds = holds), Err(Unpublishable::Holds));
        let range = || vec!["10.0.0.0/8".parse().unwrap()];
        assert_eq!(key(|key| key.addresses.allow = range()), Err(Unpublishable::Addresses));
        assert_eq!(key(|key| key.addresses.deny = range()), Err(Unpublishable::Addresses));
        assert_eq!(key(|key| key.rate = None), Err(Unpublishable::Unlimited));
    }

    #[test]
    fn a_key_with_a_secret_is_none_of_this() {
        let signs = |key: &mut Key| {
            key.verifier = Verifier::Ed25519([0; 32]);
            key.grants[0].permissions = "trade".parse().unwrap();
        };
        assert_eq!(key(signs), Ok(()));
    }
}
