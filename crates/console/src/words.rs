//! What a key is and may do, in plain words.

use keyward_control::operation::key::KeyView;
use keyward_policy::{Hold, Mode, Permission, PermissionSet, Scope, Standing, Symbols, Verb};

use crate::parts::{Badge, Tone};

/// What a permission lets somebody do.
pub(crate) const fn permission(permission: Permission, scope: Option<Scope>) -> &'static str {
    match (permission.verb(), scope) {
        (Verb::Market, _) => "see public market data",
        (Verb::Read, _) => "read balances, orders and history",
        (Verb::Trade, None) => "place, change and cancel orders of every kind",
        (Verb::Trade, Some(Scope::Spot)) => "place, change and cancel spot orders",
        (Verb::Trade, Some(Scope::Margin)) => "place, change and cancel margin orders, and borrow for them",
        (Verb::Trade, Some(Scope::Futures)) => "place, change and cancel futures orders, and set leverage",
        (Verb::Trade, Some(Scope::Options)) => "place, change and cancel option orders",
        (Verb::Trade, Some(_)) => "place, change and cancel orders",
        (Verb::Transfer, None) => "move money between wallets and accounts of the same owner",
        (Verb::Transfer, Some(Scope::Account)) => "move money between accounts of the same owner",
        (Verb::Transfer, Some(_)) => "move money between wallets of the account",
        (Verb::Withdraw, _) => "send money away from the exchange",
        (Verb::Manage, _) => "make and change keys and sub-accounts at the exchange",
        (Verb::Stream, _) => "open private streams, whose tokens need no further signature",
    }
}

/// A permission as a form offers it.
pub(crate) struct Offered {
    pub(crate) name: &'static str,
    pub(crate) words: &'static str,
    /// Whether it moves money or hands something out beyond trading.
    pub(crate) is_dangerous: bool,
}

/// Every permission, in the order in which they get dangerous.
pub(crate) const OFFERED: [Offered; 13] = [
    offered("market", Permission::wide(Verb::Market), None),
    offered("read", Permission::wide(Verb::Read), None),
    offered("trade:spot", Permission::wide(Verb::Trade), Some(Scope::Spot)),
    offered("trade:margin", Permission::wide(Verb::Trade), Some(Scope::Margin)),
    offered("trade:futures", Permission::wide(Verb::Trade), Some(Scope::Futures)),
    offered("trade:options", Permission::wide(Verb::Trade), Some(Scope::Options)),
    offered("trade", Permission::wide(Verb::Trade), None),
    offered("stream", Permission::wide(Verb::Stream), None),
    offered("transfer:wallet", Permission::wide(Verb::Transfer), Some(Scope::Wallet)),
    offered("transfer:account", Permission::wide(Verb::Transfer), Some(Scope::Account)),
    offered("transfer", Permission::wide(Verb::Transfer), None),
    offered("manage", Permission::wide(Verb::Manage), None),
    offered("withdraw", Permission::wide(Verb::Withdraw), None),
];

const fn offered(name: &'static str, of: Permission, scope: Option<Scope>) -> Offered {
    let is_dangerous = !matches!(of.verb(), Verb::Market | Verb::Read | Verb::Trade);
    Offered { name, words: permission(of, scope), is_dangerous }
}

/// What a set lets somebody do, one sentence for each permission.
pub(crate) fn rights(set: PermissionSet) -> Vec<&'static str> {
    OFFERED.iter().filter(|one| set.iter().any(|held| held.name() == one.name)).map(|one| one.words).collect()
}

/// What it does not, of what people fear for.
pub(crate) fn withheld(set: PermissionSet) -> Vec<&'static str> {
    let fears = [
        (Verb::Withdraw, "send money away from the exchange"),
        (Verb::Transfer, "move money between wallets or accounts"),
        (Verb::Manage, "make or change keys at the exchange"),
        (Verb::Trade, "place or cancel orders"),
    ];
    let held = |verb| set.iter().any(|one| one.verb() == verb);
    fears.into_iter().filter(|(verb, _)| !held(*verb)).map(|(_, words)| words).collect()
}

/// The markets of a list.
pub(crate) fn markets(symbols: &Symbols) -> String {
    match symbols.list() {
        None => "every market".to_owned(),
        Some(list) => list.iter().map(|symbol| symbol.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// A hold.
pub(crate) fn held(hold: &Hold) -> String {
    let text = hold.to_string();
    let (what, amount) =
        text.split_once('>').map_or((text.as_str(), None), |(what, amount)| (what, Some(amount)));
    let what = match what {
        "withdraw" => "withdrawals",
        "transfer" => "transfers",
        _ => "orders",
    };
    match amount {
        None => format!("all {what}"),
        Some(amount) => format!("{what} that are not surely at most {amount}"),
    }
}

/// What a key is, and what to do about it.
pub(crate) fn standing(key: &KeyView) -> (Badge, &'static str) {
    let (tone, text, advice) = match key.state {
        Standing::Active => (Tone::Good, "Active", ""),
        Standing::Retiring => (Tone::Warn, "Retiring", "Move its bot to the new key before it ends"),
        Standing::NotYetValid => (Tone::Plain, "Not yet valid", "Wait for its first moment"),
        Standing::Suspended => (Tone::Warn, "Suspended", "Resume it, or revoke it for good"),
        Standing::Expired => (Tone::Plain, "Expired", "Issue a new one, and delete this"),
        Standing::Revoked => (Tone::Bad, "Revoked", "Nothing: it never comes back"),
    };
    (Badge { tone, text: text.to_owned() }, advice)
}

/// What a venue does with its callers' signatures.
pub(crate) const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Resign => "Signs again with a real key",
        Mode::Assert => "Vouches for its callers to a back end of your own",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_offered_and_has_words() {
        for offered in &OFFERED {
            let permission: Permission = offered.name.parse().unwrap();
            assert_eq!(permission.name(), offered.name);
        }
        let all: PermissionSet = OFFERED.iter().map(|one| one.name.parse::<Permission>().unwrap()).collect();
        assert_eq!(rights(all).len(), OFFERED.len());
        assert!(withheld(all).is_empty());
    }

    #[test]
    fn what_is_withheld_is_said() {
        let read: PermissionSet = "market,read".parse().unwrap();
        assert_eq!(withheld(read).len(), 4);
        assert_eq!(rights(read), ["see public market data", "read balances, orders and history"]);
    }
}
