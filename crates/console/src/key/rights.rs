//! What a key may do and from where, in sentences.

use jiff::Timestamp;
use keyward_control::operation::key::KeyView;
use keyward_policy::{PermissionSet, RateLimit};

use crate::moment::words;
use crate::words::{held, markets, rights, withheld};

/// A key's rights on one venue.
pub(super) struct Granted {
    pub(super) venue: String,
    pub(super) credential: Option<String>,
    pub(super) rights: Vec<&'static str>,
    pub(super) markets: String,
    pub(super) held: Vec<String>,
}

/// Everything that a key may do.
pub(super) struct Rights {
    pub(super) grants: Vec<Granted>,
    pub(super) withheld: Vec<&'static str>,
    pub(super) from: String,
    pub(super) never_from: Option<String>,
    pub(super) rate: String,
    pub(super) until: String,
}

impl Rights {
    /// Those of an issued key.
    pub(super) fn of(key: &KeyView, now: Timestamp) -> Self {
        let granted = |grant: &keyward_control::operation::key::GrantView| Granted {
            venue: grant.venue.clone(),
            credential: grant.credential.clone(),
            rights: rights(grant.permissions),
            markets: markets(&grant.symbols),
            held: grant.holds.iter().map(held).collect(),
        };
        let listed = |ranges: &[_]| joined(ranges.iter().map(|range| bare(&format!("{range}"))));
        Self {
            grants: key.grants.iter().map(granted).collect(),
            withheld: withheld(key.permissions),
            from: match (key.origins.as_slice(), key.ip.as_slice()) {
                ([], []) => "any address".to_owned(),
                ([], ranges) => listed(ranges),
                (origins, _) => format!("the pages of {}", joined(origins.iter().map(ToString::to_string))),
            },
            never_from: (!key.deny_ip.is_empty()).then(|| listed(&key.deny_ip)),
            rate: match key.address_rate {
                None => rate(key.rate),
                each => format!("{}; each address {}", rate(key.rate), rate(each)),
            },
            until: until(key, now),
        }
    }
}

/// The permissions of a set as short names.
pub(super) fn short(set: PermissionSet) -> Vec<&'static str> {
    set.iter().map(keyward_policy::Permission::name).collect()
}

/// A range of one address as the address.
pub(super) fn bare(range: &str) -> String {
    let whole = if range.contains(':') { "/128" } else { "/32" };
    range.strip_suffix(whole).unwrap_or(range).to_owned()
}

fn joined(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn rate(rate: Option<RateLimit>) -> String {
    match rate {
        Some(rate) => format!("{} requests a minute, {} at once", rate.per_minute, rate.burst),
        None => "as many requests as it likes".to_owned(),
    }
}

/// When it ends, and when it begins where that is yet to come.
fn until(key: &KeyView, now: Timestamp) -> String {
    let end = match (key.retires_at, key.expires_at) {
        (Some(at), _) | (None, Some(at)) => {
            format!("{}, {}", at.strftime("%Y-%m-%d %H:%M UTC"), words(at, now))
        }
        (None, None) => "it is revoked: it has no end of its own".to_owned(),
    };
    match key.not_before.filter(|at| *at > now) {
        Some(begins) => format!("{end}; it begins {}", words(begins, now)),
        None => end,
    }
}
