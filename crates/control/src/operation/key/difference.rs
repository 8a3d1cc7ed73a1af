//! What differs between two states of a key, for the record; and whether the later one can do more.

use ipnet::IpNet;
use jiff::Timestamp;
use keyward_policy::{Grant, Key, Pages, RateLimit, Symbols};
use serde_json::{Map, Value, json};

/// What differs, limit by limit: what it was, and what it is.
pub(super) fn difference(old: &Key, new: &Key) -> Map<String, Value> {
    let (old, new) = (limits(old), limits(new));
    let changed = old.into_iter().zip(new).filter(|(old, new)| old != new);
    changed
        .map(|((name, before), (_, after))| (name.to_owned(), json!({ "before": before, "after": after })))
        .collect()
}

/// The limits of a key, by the names that requests have for them. Its grants all have the same terms.
fn limits(key: &Key) -> [(&'static str, Value); 9] {
    let grant = key.grants.first();
    [
        ("allow", json!(grant.map(|grant| grant.permissions))),
        ("symbols", json!(grant.map(|grant| &grant.symbols))),
        ("holds", json!(grant.map(|grant| &grant.holds))),
        ("ip", json!(key.addresses.allow)),
        ("deny_ip", json!(key.addresses.deny)),
        ("expires_at", json!(key.lifetime.expires_at)),
        ("rate", json!(key.rate)),
        ("origins", json!(key.verifier.pages().map(Pages::origins))),
        ("address_rate", json!(key.verifier.pages().map(Pages::address_rate))),
    ]
}

/// Whether the new state allows anything that the old one does not.
pub(super) fn widens(old: &Key, new: &Key) -> bool {
    let granted = |(old, new): (&Grant, &Grant)| {
        !old.permissions.covers_all(new.permissions)
            || !markets_cover(&old.symbols, &new.symbols)
            || !old.holds.kept_by(&new.holds)
    };
    old.grants.len() != new.grants.len()
        || old.grants.iter().zip(&new.grants).any(granted)
        || !places_cover(&old.addresses.allow, &new.addresses.allow)
        || !all_within(&old.addresses.deny, &new.addresses.deny)
        || !end_covers(old.lifetime.expires_at, new.lifetime.expires_at)
        || !rate_covers(old.rate, new.rate)
        || !pages_cover(old.verifier.pages(), new.verifier.pages())
}

/// A key that signs has no pages, before and after.
fn pages_cover(old: Option<&Pages>, new: Option<&Pages>) -> bool {
    let (Some(old), Some(new)) = (old, new) else { return old == new };
    new.origins().iter().all(|origin| old.origins().contains(origin))
        && rate_covers(Some(old.address_rate()), Some(new.address_rate()))
}

/// No list means every market.
pub(super) fn markets_cover(old: &Symbols, new: &Symbols) -> bool {
    match (old.list(), new.list()) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => new.iter().all(|symbol| old.contains(symbol)),
    }
}

/// No range means every address.
pub(super) fn places_cover(old: &[IpNet], new: &[IpNet]) -> bool {
    old.is_empty() || (!new.is_empty() && all_within(new, old))
}

/// Whether each range lies in one of the others.
fn all_within(ranges: &[IpNet], others: &[IpNet]) -> bool {
    ranges.iter().all(|range| others.iter().any(|other| other.contains(range)))
}

/// No end means never.
fn end_covers(old: Option<Timestamp>, new: Option<Timestamp>) -> bool {
    old.is_none_or(|old| new.is_some_and(|new| new <= old))
}

/// No rate means without limit.
fn rate_covers(old: Option<RateLimit>, new: Option<RateLimit>) -> bool {
    old.is_none_or(|old| new.is_some_and(|new| new.per_minute <= old.per_minute && new.burst <= old.burst))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(texts: &[&str]) -> Vec<IpNet> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn every_address_covers_all_and_is_covered_by_none() {
        let covers = |old: &[&str], new: &[&str]| places_cover(&ranges(old), &ranges(new));
        assert!(covers(&[], &["10.0.0.0/8"]));
        assert!(!covers(&["10.0.0.0/8"], &[]));
        assert!(covers(&["10.0.0.0/8"], &["10.1.0.0/16", "10.2.0.1/32"]));
        assert!(!covers(&["10.0.0.0/8"], &["10.1.0.0/16", "11.0.0.0/8"]));
    }

    #[test]
    fn to_forbid_less_is_to_allow_more() {
        assert!(!all_within(&ranges(&["10.0.0.0/8"]), &ranges(&[])));
        assert!(!all_within(&ranges(&["10.0.0.0/8"]), &ranges(&["10.0.0.0/9"])));
        assert!(all_within(&ranges(&["10.0.0.0/8"]), &ranges(&["10.0.0.0/8", "11.0.0.0/8"])));
    }

    #[test]
    fn fewer_markets_are_narrower_and_all_are_widest() {
        let of = |texts: &[&str]| Symbols::only(texts.iter().map(|text| text.parse().unwrap()));
        assert!(markets_cover(&Symbols::any(), &of(&["BTC/USDT"])));
        assert!(!markets_cover(&of(&["BTC/USDT"]), &Symbols::any()));
        assert!(!markets_cover(&of(&["BTC/USDT"]), &of(&["BTC/USDT", "ETH/USDT"])));
    }

    #[test]
    fn a_later_end_or_a_higher_rate_is_wider() {
        let at = |second| Some(Timestamp::from_second(second).unwrap());
        assert!(end_covers(at(2), at(1)) && !end_covers(at(1), at(2)) && !end_covers(at(1), None));
        let rate = |per_minute, burst| Some(RateLimit { per_minute, burst });
        assert!(rate_covers(None, rate(9, 9)) && !rate_covers(rate(9, 9), None));
        assert!(rate_covers(rate(9, 9), rate(9, 1)) && !rate_covers(rate(9, 1), rate(1, 9)));
    }
}
