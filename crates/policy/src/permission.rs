//! Permissions: what a grant lets a key do, with default deny.
//!
//! A permission is a verb, sometimes narrowed by a scope (`trade:spot`). The wide form covers every scope of its
//! verb, the narrow one only its own.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// What is done at the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Public market data.
    Market,
    /// The account's balances, orders and history.
    Read,
    /// Placing, changing and cancelling orders, and the settings that change their risk.
    Trade,
    /// Moving money between wallets or accounts of the same owner.
    Transfer,
    /// Money leaves the exchange.
    Withdraw,
    /// Keys and sub-accounts at the exchange.
    Manage,
    /// Being handed a token that opens a stream without any further signature.
    Stream,
}

/// The part of an exchange that a permission is narrowed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Spot markets.
    Spot,
    /// Spot markets with borrowed money.
    Margin,
    /// Perpetual and dated futures.
    Futures,
    /// Options.
    Options,
    /// Between wallets of the same account.
    Wallet,
    /// Between accounts of the same owner.
    Account,
}

/// A verb, wide or narrowed to one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    verb: Verb,
    scope: Option<Scope>,
}

/// Every permission there is, with its name; a set holds one bit for each, in this order.
const TABLE: [(Permission, &str); 13] = [
    (Permission::wide(Verb::Market), "market"),
    (Permission::wide(Verb::Read), "read"),
    (Permission::wide(Verb::Trade), "trade"),
    (Permission::narrow(Verb::Trade, Scope::Spot), "trade:spot"),
    (Permission::narrow(Verb::Trade, Scope::Margin), "trade:margin"),
    (Permission::narrow(Verb::Trade, Scope::Futures), "trade:futures"),
    (Permission::narrow(Verb::Trade, Scope::Options), "trade:options"),
    (Permission::wide(Verb::Transfer), "transfer"),
    (Permission::narrow(Verb::Transfer, Scope::Wallet), "transfer:wallet"),
    (Permission::narrow(Verb::Transfer, Scope::Account), "transfer:account"),
    (Permission::wide(Verb::Withdraw), "withdraw"),
    (Permission::wide(Verb::Manage), "manage"),
    (Permission::wide(Verb::Stream), "stream"),
];

/// Why a text is not a permission.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not a permission; there are {names}", names = names())]
pub struct PermissionError(String);

fn names() -> String {
    TABLE.map(|(_, name)| name).join(", ")
}

impl Permission {
    /// A verb in every scope.
    pub const fn wide(verb: Verb) -> Self {
        Self { verb, scope: None }
    }

    /// A verb in one scope. Only the pairs of the table have a name; others can be neither granted nor parsed.
    pub const fn narrow(verb: Verb, scope: Scope) -> Self {
        Self { verb, scope: Some(scope) }
    }

    /// Every permission that there is.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.into_iter().map(|(permission, _)| permission)
    }

    /// The verb, whatever the scope.
    pub const fn verb(self) -> Verb {
        self.verb
    }

    /// Whether doing this changes something at the exchange: it then needs a durable intent first.
    pub const fn moves_money(self) -> bool {
        !matches!(self.verb, Verb::Market | Verb::Read)
    }

    /// The name that operators type and logs show.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|(known, _)| *known == self).map_or("unnamed", |(_, name)| name)
    }

    fn bit(self) -> u16 {
        TABLE.iter().position(|(known, _)| *known == self).map_or(0, |at| 1 << at)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Permission {
    type Err = PermissionError;

    fn from_str(text: &str) -> Result<Self, PermissionError> {
        let known = TABLE.iter().find(|(_, name)| *name == text);
        known
            .map(|(permission, _)| *permission)
            .ok_or_else(|| PermissionError(text.chars().take(40).collect()))
    }
}

/// A set of permissions; the empty one permits nothing.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u16);

impl PermissionSet {
    /// Whether some member of the set covers what is needed: itself, or its verb in every scope.
    pub fn covers(self, needed: Permission) -> bool {
        self.0 & (needed.bit() | Permission::wide(needed.verb).bit()) != 0
    }

    /// Whether every permission of `other` is covered by this set.
    pub fn covers_all(self, other: Self) -> bool {
        other.iter().all(|permission| self.covers(permission))
    }

    /// The members, in the table's order.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        TABLE.into_iter().map(|(permission, _)| permission).filter(move |one| self.0 & one.bit() != 0)
    }

    /// Whether nothing is permitted.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |bits, permission| bits | permission.bit()))
    }
}

impl fmt::Display for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Permission::name).collect();
        f.write_str(&names.join(","))
    }
}

impl fmt::Debug for PermissionSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{{self}}}")
    }
}

impl FromStr for PermissionSet {
    type Err = PermissionError;

    /// Reads a comma-separated list, as `--allow` and the rows of the store hold it.
    fn from_str(list: &str) -> Result<Self, PermissionError> {
        list.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::parse).collect()
    }
}

impl Serialize for PermissionSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Permission::name))
    }
}

impl<'de> Deserialize<'de> for PermissionSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        names.iter().map(|name| name.parse()).collect::<Result<_, _>>().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(granted: &str, needed: &str) -> bool {
        granted.parse::<PermissionSet>().unwrap().covers(needed.parse().unwrap())
    }

    #[test]
    fn nothing_granted_permits_nothing() {
        assert!(TABLE.iter().all(|(needed, _)| !PermissionSet::default().covers(*needed)));
    }

    #[test]
    fn wide_covers_narrow_and_not_the_other_way() {
        assert!(covers("trade", "trade:spot"));
        assert!(covers("trade:spot", "trade:spot"));
        assert!(!covers("trade:spot", "trade"));
        assert!(!covers("trade:spot", "trade:futures"));
    }

    #[test]
    fn no_verb_covers_another() {
        for (granted, name) in TABLE {
            for (needed, other) in TABLE {
                assert!(granted.verb == needed.verb || !covers(name, other), "{name} covered {other}");
            }
        }
    }

    #[test]
    fn names_read_back_and_unknown_ones_are_refused() {
        let all: PermissionSet = TABLE.iter().map(|(permission, _)| *permission).collect();
        assert_eq!(all.to_string().parse(), Ok(all));
        assert!("trade:wallet".parse::<Permission>().is_err());
        assert!("Trade".parse::<Permission>().is_err());
    }

    #[test]
    fn only_market_and_read_move_no_money() {
        let still: Vec<_> =
            TABLE.iter().filter(|(one, _)| !one.moves_money()).map(|(_, name)| *name).collect();
        assert_eq!(still, ["market", "read"]);
    }
}
