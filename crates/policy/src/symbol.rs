//! Symbols: markets as people name them (`BTC/USDT`), and the list that a grant is limited to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// Longest symbol accepted; the longest known are dated options of some 40 characters.
const LENGTH_MAX: usize = 64;

/// A market in ccxt's notation: `BTC/USDT` (spot), `BTC/USDT:USDT` (perpetual), `BTC/USDT:USDT-261225` (dated),
/// `BTC/USDT:USDT-261225-60000-C` (option).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Symbol(Box<str>);

/// Why a text is not a symbol.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a symbol; write it like BTC/USDT, or BTC/USDT:USDT for a perpetual")]
pub struct SymbolError(String);

impl Symbol {
    /// The whole symbol.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is bought and sold.
    pub fn base(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// What it is paid in.
    pub fn quote(&self) -> &str {
        let after = self.0.split('/').nth(1).unwrap_or_default();
        after.split(':').next().unwrap_or_default()
    }

    /// What follows the colon of a derivative: the settle currency and what dates it.
    pub fn settle(&self) -> Option<&str> {
        self.0.split_once(':').map(|(_, settle)| settle)
    }
}

impl FromStr for Symbol {
    type Err = SymbolError;

    fn from_str(text: &str) -> Result<Self, SymbolError> {
        let part = |part: &str| {
            !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() && !c.is_lowercase())
        };
        // The strike of an option may have a fraction: `DOGE/USDT:USDT-261225-0.14-P`.
        let tail = |tail: &str| !tail.is_empty() && tail.split('.').all(part);
        let dated = |tails: &str| tails.split('-').all(tail);
        let (pair, settle) = text.split_once(':').map_or((text, None), |(pair, settle)| (pair, Some(settle)));
        let named = pair.split_once('/').is_some_and(|(base, quote)| part(base) && part(quote));
        let sound = text.len() <= LENGTH_MAX && named && settle.is_none_or(dated);
        if sound { Ok(Self(text.into())) } else { Err(SymbolError(text.chars().take(LENGTH_MAX).collect())) }
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Symbol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Symbol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The markets that a grant is limited to: `null` in JSON means any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Symbols(Option<Vec<Symbol>>);

impl Symbols {
    /// Every market.
    pub const fn any() -> Self {
        Self(None)
    }

    /// Only these markets.
    pub fn only(symbols: impl IntoIterator<Item = Symbol>) -> Self {
        Self(Some(symbols.into_iter().collect()))
    }

    /// The list, unless every market is meant.
    pub fn list(&self) -> Option<&[Symbol]> {
        self.0.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_symbol() {
        let perpetual: Symbol = "BTC/USDT:USDT".parse().unwrap();
        assert_eq!((perpetual.base(), perpetual.quote(), perpetual.settle()), ("BTC", "USDT", Some("USDT")));
        let spot: Symbol = "1000SATS/FDUSD".parse().unwrap();
        assert_eq!((spot.base(), spot.quote(), spot.settle()), ("1000SATS", "FDUSD", None));
    }

    #[test]
    fn what_is_not_a_symbol_is_refused() {
        for text in [
            "",
            "BTCUSDT",
            "btc/usdt",
            "BTC/",
            "/USDT",
            "BTC/USDT:",
            "BTC/USDT/X",
            "BTC/US DT",
            "BTC/*",
            "BTC/USDT:.",
            "B.C/USDT",
        ] {
            assert!(text.parse::<Symbol>().is_err(), "{text}");
        }
    }

    #[test]
    fn options_and_dated_futures_are_symbols() {
        for text in ["BTC/USDT:USDT-261225", "BTC/USDT:USDT-261225-60000-C", "DOGE/USDT:USDT-261225-0.14-P"] {
            assert!(text.parse::<Symbol>().is_ok(), "{text}");
        }
    }
}
