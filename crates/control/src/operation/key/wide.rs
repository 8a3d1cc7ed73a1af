//! Which keys are wide: a session that somebody took over must not get hold of one.

use keyward_policy::{AddressRules, Key, Permission, PermissionSet, Verb};

/// What reaches beyond trading, of what is permitted.
pub(super) fn beyond_trading(permissions: PermissionSet) -> Vec<&'static str> {
    let beyond = |one: &Permission| !matches!(one.verb(), Verb::Market | Verb::Read | Verb::Trade);
    permissions.iter().filter(beyond).map(Permission::name).collect()
}

/// Whether a key with these limits moves money, or trades from anywhere.
pub(super) fn is_wide(permissions: PermissionSet, addresses: &AddressRules) -> bool {
    let trades = permissions.iter().any(|one| one.verb() == Verb::Trade);
    !beyond_trading(permissions).is_empty() || (trades && addresses.allow.is_empty())
}

/// Whether this key does.
pub(super) fn is_wide_key(key: &Key) -> bool {
    key.grants.iter().any(|grant| is_wide(grant.permissions, &key.addresses))
}
