//! What a key is limited to: everything of a request that can be checked without looking anything up.

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use keyward_policy::{
    AddressRules, Hold, Holds, KeyType, Lifetime, Pages, Permission, PermissionSet, RateLimit, Symbol,
    Symbols, Verb, canonical,
};
use serde::{Deserialize, Serialize};

use super::create::Create;
use super::pages;
use crate::name::shortened;
use crate::{Code, Error, time};

/// The most markets that one key is limited to.
pub(super) const SYMBOLS_MAX: usize = 200;
/// The most address ranges in each of a key's two lists.
pub(super) const RANGES_MAX: usize = 100;
/// The highest rate and burst that mean anything.
const RATE_MAX: u32 = 1_000_000;
/// What a key gets whose request says nothing of a rate.
///
/// ccxt's own throttle for Binance starts a request every 50 ms, which is 1,200 a minute, so an unmodified client never
/// meets this; and a fifth of Binance's 6,000 a minute per address stays the most that one stray or stolen key can use
/// up of the budget that all keys share.
const RATE_DEFAULT: RateLimit = RateLimit { per_minute: 1_200, burst: 100 };

/// A rate, or the explicit choice of none.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "expected `unlimited`, or an object with per_minute and burst")]
pub enum Rate {
    /// A limit.
    Limited(RateLimit),
    /// None.
    Word(Unlimited),
}

/// The word for a key without a rate limit.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unlimited {
    /// As often as it likes.
    Unlimited,
}

/// The terms of a new key.
#[derive(Debug)]
pub(super) struct Terms {
    pub(super) permissions: PermissionSet,
    pub(super) symbols: Symbols,
    pub(super) holds: Holds,
    pub(super) addresses: AddressRules,
    pub(super) rate: Option<RateLimit>,
    pub(super) lifetime: Lifetime,
    /// The pages of a publishable key.
    pub(super) pages: Option<Pages>,
}

impl Terms {
    /// Reads the terms of a request.
    pub(super) fn read(input: &Create, now: Timestamp) -> Result<Self, Error> {
        let is_publishable = input.key_type == KeyType::Publishable;
        if !is_publishable {
            pages::none_for(&input.origins, input.address_rate)?;
        }
        let pages = || pages::pages(&input.origins, input.address_rate);
        let default = if is_publishable { pages::RATE_DEFAULT } else { RATE_DEFAULT };
        Ok(Self {
            permissions: if is_publishable && input.allow.is_empty() {
                std::iter::once(Permission::wide(Verb::Market)).collect()
            } else {
                permissions(&input.allow)?
            },
            symbols: symbols(&input.symbols)?,
            holds: holds(&input.holds)?,
            addresses: AddressRules { allow: ranges(&input.ip)?, deny: ranges(&input.deny_ip)? },
            rate: input.rate.map_or(Ok(Some(default)), rate)?,
            lifetime: lifetime(input, now)?,
            pages: is_publishable.then(pages).transpose()?,
        })
    }
}

pub(super) fn permissions(names: &[String]) -> Result<PermissionSet, Error> {
    if names.is_empty() {
        return Err(Error::new(Code::AllowEmpty, "a key that may do nothing is of no use")
            .hint("say what it may do, such as market, read, trade"));
    }
    let read = |name: &String| name.parse::<Permission>();
    let read: Result<PermissionSet, _> = names.iter().map(read).collect();
    read.map_err(|error| Error::new(Code::PermissionInvalid, error.to_string()))
}

pub(super) fn symbols(texts: &[String]) -> Result<Symbols, Error> {
    at_most(SYMBOLS_MAX, texts.len(), "symbols")?;
    if texts.is_empty() {
        return Ok(Symbols::any());
    }
    let mut symbols: Vec<Symbol> =
        texts.iter().map(|text| text.parse()).collect::<Result<_, _>>().map_err(
            |error: keyward_policy::SymbolError| Error::new(Code::SymbolInvalid, error.to_string()),
        )?;
    symbols.sort();
    symbols.dedup();
    Ok(Symbols::only(symbols))
}

pub(super) fn holds(texts: &[String]) -> Result<Holds, Error> {
    let read: Result<Vec<Hold>, _> = texts.iter().map(|text| text.parse()).collect();
    read.and_then(Holds::new).map_err(|error| Error::new(Code::HoldInvalid, error.to_string()))
}

pub(in crate::operation) fn ranges(texts: &[String]) -> Result<Vec<IpNet>, Error> {
    at_most(RANGES_MAX, texts.len(), "address ranges")?;
    texts.iter().map(|text| range(text)).collect()
}

/// A range; a bare address is the range that holds only it.
fn range(text: &str) -> Result<IpNet, Error> {
    let refused = |why: &str| {
        Error::new(Code::AddressInvalid, format!("`{}` is no address range: {why}", shortened(text)))
            .hint("write it like 203.0.113.7, 10.0.0.0/8 or 2001:db8::/32")
    };
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(canonical(address).into());
    }
    let range: IpNet = text.parse().map_err(|_| refused("it cannot be read"))?;
    // One address and its whole network differ by much, and only one of them is meant.
    let whole = range.trunc();
    if range != whole {
        return Err(refused(&format!("the network is {whole}, the one address {}", range.addr())));
    }
    Ok(range)
}

pub(super) fn rate(rate: Rate) -> Result<Option<RateLimit>, Error> {
    match rate {
        Rate::Word(Unlimited::Unlimited) => Ok(None),
        Rate::Limited(limit) => sound(limit).map(Some),
    }
}

/// A limit that can be kept.
pub(super) fn sound(limit: RateLimit) -> Result<RateLimit, Error> {
    let sound = |number| (1..=RATE_MAX).contains(&number);
    if sound(limit.per_minute) && sound(limit.burst) {
        return Ok(limit);
    }
    Err(Error::new(
        Code::RateInvalid,
        "a rate has at least 1 request a minute and at once, and at most a million",
    )
    .hint("a key without a limit is `unlimited`"))
}

fn lifetime(input: &Create, now: Timestamp) -> Result<Lifetime, Error> {
    let expires_at = time::expiry(input.expires.as_deref().unwrap_or(time::EXPIRES_DEFAULT), now)?;
    let not_before = input.not_before.as_deref().map(|text| time::later(text, now)).transpose()?;
    in_order(not_before, expires_at)?;
    Ok(Lifetime { not_before, expires_at, retires_at: None })
}

/// A key begins before it ends.
pub(super) fn in_order(not_before: Option<Timestamp>, expires_at: Option<Timestamp>) -> Result<(), Error> {
    match (not_before, expires_at) {
        (Some(start), Some(end)) if start >= end => {
            Err(Error::new(Code::TimeInvalid, "the key would expire before it becomes valid"))
        }
        _ => Ok(()),
    }
}

fn at_most(limit: usize, count: usize, what: &str) -> Result<(), Error> {
    if count <= limit {
        return Ok(());
    }
    Err(Error::new(Code::TooMany, format!("a key has at most {limit} {what}, and these are {count}")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::read;

    fn terms(change: &Value) -> Result<Terms, Code> {
        let mut input = json!({ "name": "bot", "project": "bots", "allow": ["read"] });
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        Terms::read(&read(&input.to_string()), Timestamp::UNIX_EPOCH).map_err(|error| error.code())
    }

    #[test]
    fn what_is_not_said_is_safe() {
        let terms = terms(&json!({})).unwrap();
        assert_eq!(terms.lifetime.expires_at.unwrap().as_second(), 90 * 86_400);
        assert_eq!(terms.rate, Some(RATE_DEFAULT));
        assert_eq!((terms.symbols, terms.addresses), (Symbols::any(), AddressRules::default()));
    }

    #[test]
    fn a_key_that_never_ends_or_rests_is_an_explicit_choice() {
        let terms = terms(&json!({ "expires": "never", "rate": "unlimited" })).unwrap();
        assert_eq!((terms.lifetime.expires_at, terms.rate), (None, None));
    }

    #[test]
    fn a_bare_address_is_a_range_of_one_in_its_one_form() {
        let terms = terms(&json!({ "ip": ["203.0.113.7", "::ffff:10.0.0.1", "2001:db8::/32"] })).unwrap();
        let texts: Vec<_> = terms.addresses.allow.iter().map(ToString::to_string).collect();
        assert_eq!(texts, ["203.0.113.7/32", "10.0.0.1/32", "2001:db8::/32"]);
    }

    #[test]
    fn the_same_symbol_twice_is_one() {
        let terms = terms(&json!({ "symbols": ["ETH/USDT", "BTC/USDT", "ETH/USDT"] })).unwrap();
        assert_eq!(terms.symbols.list().unwrap().len(), 2);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (change, code) in [
            (json!({ "allow": [] }), Code::AllowEmpty),
            (json!({ "allow": ["read", "fly"] }), Code::PermissionInvalid),
            (json!({ "symbols": ["BTCUSDT"] }), Code::SymbolInvalid),
            (json!({ "symbols": vec!["BTC/USDT"; 201] }), Code::TooMany),
            (json!({ "ip": ["10.0.0.5/24"] }), Code::AddressInvalid),
            (json!({ "ip": ["10.0.0"] }), Code::AddressInvalid),
            (json!({ "deny_ip": [""] }), Code::AddressInvalid),
            (json!({ "deny_ip": vec!["10.0.0.1"; 101] }), Code::TooMany),
            (json!({ "holds": ["read"] }), Code::HoldInvalid),
            (json!({ "holds": ["trade", "trade>1 BTC"] }), Code::HoldInvalid),
            (json!({ "rate": { "per_minute": 0, "burst": 1 } }), Code::RateInvalid),
            (json!({ "rate": { "per_minute": 1, "burst": 1_000_001 } }), Code::RateInvalid),
            (json!({ "expires": "yesterday" }), Code::TimeInvalid),
            (json!({ "expires": "1h", "not_before": "2h" }), Code::TimeInvalid),
        ] {
            assert_eq!(terms(&change).unwrap_err(), code, "{change}");
        }
    }
}
