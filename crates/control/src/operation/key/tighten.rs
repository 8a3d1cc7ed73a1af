//! The tightest limits of a key that still allow all that it did; pure.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv6Net};
use keyward_policy::{AddressRules, Grant, Key, PermissionSet, Symbol, Symbols};

use super::difference::{markets_cover, places_cover};
use super::terms::{RANGES_MAX, SYMBOLS_MAX};

/// The network that one host's changing IPv6 addresses lie in (RFC 8981).
const HOST_BITS: u8 = 64;

/// What a key did that it has to go on doing.
#[derive(Debug, Default)]
pub(super) struct Needed {
    pub(super) permissions: PermissionSet,
    /// None when it is not known.
    pub(super) symbols: Option<BTreeSet<Symbol>>,
    /// None when it is not known.
    pub(super) addresses: Option<BTreeSet<IpAddr>>,
}

/// The key with the tightest limits that allow what is needed, of what it may do now. What is not known, or was never used
/// at all, stays as it is: a key that may do nothing is of no use.
pub(super) fn tightened(key: &Key, needed: &Needed) -> Key {
    let grant = |grant: &Grant| Grant {
        permissions: permissions(grant.permissions, needed.permissions),
        symbols: markets(&grant.symbols, needed.symbols.as_ref()),
        ..grant.clone()
    };
    // The readers of a page come from everywhere: no list of addresses is tighter that still lets the next one in.
    let addresses = needed.addresses.as_ref().filter(|_| key.verifier.pages().is_none());
    let allow = places(&key.addresses, addresses);
    Key {
        grants: key.grants.iter().map(grant).collect(),
        addresses: AddressRules { allow, ..key.addresses.clone() },
        ..key.clone()
    }
}

fn permissions(old: PermissionSet, needed: PermissionSet) -> PermissionSet {
    let new: PermissionSet = needed.iter().filter(|one| old.covers(*one)).collect();
    if new.is_empty() || new.covers_all(old) { old } else { new }
}

fn markets(old: &Symbols, needed: Option<&BTreeSet<Symbol>>) -> Symbols {
    let may = |symbol: &&Symbol| old.list().is_none_or(|list| list.contains(symbol));
    let new: Vec<_> = needed.into_iter().flatten().filter(may).cloned().collect();
    let is_list = (1..=SYMBOLS_MAX).contains(&new.len());
    let new = Symbols::only(new);
    if is_list && !markets_cover(&new, old) { new } else { old.clone() }
}

fn places(old: &AddressRules, needed: Option<&BTreeSet<IpAddr>>) -> Vec<IpNet> {
    let may = |address: &&IpAddr| old.check(**address).is_ok();
    let new = needed.into_iter().flatten().filter(may).map(|address| place(*address, &old.allow));
    let new: Vec<_> = new.collect::<BTreeSet<_>>().into_iter().collect();
    let is_list = (1..=RANGES_MAX).contains(&new.len());
    let is_tighter = is_list && places_cover(&old.allow, &new) && !places_cover(&new, &old.allow);
    if is_tighter { new } else { old.allow.clone() }
}

/// Where a host is: its IPv4 address; the network of its IPv6 address, if all of that is allowed now.
fn place(address: IpAddr, allowed: &[IpNet]) -> IpNet {
    let one = IpNet::from(address);
    let IpAddr::V6(address) = address else { return one };
    let network = Ipv6Net::new(address, HOST_BITS).map(|network| IpNet::from(network.trunc()));
    network.ok().filter(|network| places_cover(allowed, &[*network])).unwrap_or(one)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use keyward_policy::{
        ApiKey, AskedMarkets, Asking, Holds, KeyId, KeyState, Lifetime, Markets, Permission, ProjectId,
        VenueId, Verb, Verifier, decide,
    };
    use proptest::collection::{btree_set, vec};
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    use super::super::difference::{difference, widens};
    use super::*;

    const MARKETS: [&str; 4] = ["BTC/USDT", "ETH/USDT", "BTC/USDT:USDT", "DOGE/BTC"];
    const PLACES: [&str; 5] =
        ["10.0.0.0/8", "10.1.2.3/32", "2001:db8::/32", "2001:db8::7/128", "::ffff:10.0.0.0/104"];
    const ADDRESSES: [&str; 6] =
        ["10.1.2.3", "10.2.0.1", "192.0.2.1", "2001:db8::7", "2001:db8::8", "2001:db9::1"];

    /// A request, as far as the rules ask.
    #[derive(Clone, Debug)]
    struct Did {
        needs: Permission,
        market: &'static str,
        address: IpAddr,
    }

    fn key(permissions: PermissionSet, symbols: Symbols, addresses: AddressRules) -> Key {
        let grant = Grant {
            venue: VenueId::from_entropy([1; 16]),
            credential: None,
            permissions,
            symbols,
            holds: Holds::default(),
        };
        Key {
            id: KeyId::from_entropy([1; 16]),
            project: ProjectId::from_entropy([1; 16]),
            name: "bot".to_owned(),
            api_key: ApiKey::new("kwk"),
            verifier: Verifier::Ed25519([0; 32]),
            state: KeyState::Active,
            lifetime: Lifetime::default(),
            addresses,
            rate: None,
            grants: vec![grant],
            revision: 1,
            created_at: Timestamp::UNIX_EPOCH,
            rotated_from: None,
        }
    }

    fn allows(key: &Key, did: &Did) -> bool {
        let grant = &key.grants[0];
        let limited_to = match grant.symbols.list() {
            None => Markets::Any,
            Some(list) => Markets::Only(list.iter().map(|symbol| symbol.as_str().into()).collect()),
        };
        let trades = did.needs.verb() == Verb::Trade;
        let names = [did.market];
        let markets = if trades { AskedMarkets::Named(&names) } else { AskedMarkets::NotApplicable };
        decide(&Asking {
            now: Timestamp::UNIX_EPOCH,
            address: did.address,
            needs: did.needs,
            markets,
            state: key.state,
            lifetime: &key.lifetime,
            addresses: &key.addresses,
            granted: grant.permissions,
            limited_to: &limited_to,
        })
        .is_ok()
    }

    fn needed(done: &[Did]) -> Needed {
        let traded = done.iter().filter(|did| did.needs.verb() == Verb::Trade);
        Needed {
            permissions: done.iter().map(|did| did.needs).collect(),
            symbols: Some(traded.map(|did| did.market.parse().unwrap()).collect()),
            addresses: Some(done.iter().map(|did| did.address).collect()),
        }
    }

    fn keys() -> impl Strategy<Value = Key> {
        let permissions = btree_set(0..13_usize, 1..6);
        let all: Vec<_> = Permission::all().collect();
        let permissions =
            permissions.prop_map(move |places| places.into_iter().map(|place| all[place]).collect());
        let symbols = subsequence(MARKETS.to_vec(), 0..=4).prop_map(|list| {
            let only = || Symbols::only(list.iter().map(|text| text.parse().unwrap()));
            if list.is_empty() { Symbols::any() } else { only() }
        });
        let ranges = || {
            let some = subsequence(PLACES.to_vec(), 0..=3);
            some.prop_map(|list| list.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpNet>>())
        };
        (permissions, symbols, ranges(), ranges()).prop_map(|(permissions, symbols, allow, deny)| {
            key(permissions, symbols, AddressRules { allow, deny })
        })
    }

    fn requests() -> impl Strategy<Value = Vec<Did>> {
        let all: Vec<_> = Permission::all().collect();
        let one = (select(all), select(MARKETS.to_vec()), select(ADDRESSES.to_vec()));
        vec(
            one.prop_map(|(needs, market, address)| Did { needs, market, address: address.parse().unwrap() }),
            0..12,
        )
    }

    proptest! {
        #[test]
        fn what_was_done_still_passes_and_nothing_new_does(key in keys(), requests in requests()) {
            let done: Vec<_> = requests.iter().filter(|did| allows(&key, did)).cloned().collect();
            let tighter = tightened(&key, &needed(&done));
            prop_assert!(!widens(&key, &tighter), "{tighter:?}");
            for did in &requests {
                prop_assert!(!allows(&tighter, did) || allows(&key, did), "{did:?}");
            }
            for did in &done {
                prop_assert!(allows(&tighter, did), "{did:?} {tighter:?}");
            }
        }

        #[test]
        fn what_is_tight_already_stays_as_it_is(key in keys(), requests in requests()) {
            let done: Vec<_> = requests.into_iter().filter(|did| allows(&key, did)).collect();
            let once = tightened(&key, &needed(&done));
            prop_assert!(difference(&once, &tightened(&once, &needed(&done))).is_empty());
        }
    }

    #[test]
    fn a_key_that_was_not_used_or_not_understood_stays_as_it_is() {
        let wide = key("trade,withdraw".parse().unwrap(), Symbols::any(), AddressRules::default());
        assert_eq!(tightened(&wide, &Needed::default()), wide);
    }

    #[test]
    fn a_wide_key_is_left_what_it_did() {
        let wide = key("read,trade,withdraw".parse().unwrap(), Symbols::any(), AddressRules::default());
        let did = |needs: &str, market, address: &str| Did {
            needs: needs.parse().unwrap(),
            market,
            address: address.parse().unwrap(),
        };
        let done = [did("trade:spot", "BTC/USDT", "192.0.2.1"), did("read", "BTC/USDT", "2001:db8::7")];
        let tight = tightened(&wide, &needed(&done));
        assert_eq!(tight.grants[0].permissions.to_string(), "read,trade:spot");
        assert_eq!(tight.grants[0].symbols.list().unwrap()[0].as_str(), "BTC/USDT");
        let places: Vec<_> = tight.addresses.allow.iter().map(ToString::to_string).collect();
        assert_eq!(places, ["192.0.2.1/32", "2001:db8::/64"]);
    }
}
