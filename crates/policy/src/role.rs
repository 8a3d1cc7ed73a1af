//! Roles: what each kind of operator may do, and nothing that his work does not need.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an operation needs of whoever carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// To look at what there is.
    See,
    /// To read the audit log.
    Audit,
    /// To stop things: it makes nothing possible, so more people may have it.
    Stop,
    /// To issue keys and to change them.
    Issue,
    /// To set up venues, real keys and projects, and to unseal the vault.
    Configure,
    /// To invite operators, and to change what they may do.
    People,
    /// To do what cannot be taken back or concerns everything: the vault's own key, owners, a restored state.
    Own,
    /// To work on the host itself: files are read or written there. No role has it.
    Host,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 8] = [
        Self::See,
        Self::Audit,
        Self::Stop,
        Self::Issue,
        Self::Configure,
        Self::People,
        Self::Own,
        Self::Host,
    ];
}

/// What an operator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// May do everything that can be done from afar.
    Owner,
    /// Sets up and runs Keyward, but for what concerns the whole of it.
    Administrator,
    /// Issues keys to bots, and ends them.
    Trader,
    /// Reads everything, the audit log too, and changes nothing.
    Auditor,
    /// Sees keys and their state.
    Viewer,
}

/// There is no such role.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no role: owner, administrator, trader, auditor or viewer")]
pub struct RoleError(String);

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Administrator, Self::Trader, Self::Auditor, Self::Viewer];

    /// What it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Administrator => "administrator",
            Self::Trader => "trader",
            Self::Auditor => "auditor",
            Self::Viewer => "viewer",
        }
    }

    /// Whether the role has a right.
    pub const fn has(self, right: Right) -> bool {
        match right {
            Right::See => true,
            Right::Audit => matches!(self, Self::Owner | Self::Administrator | Self::Auditor),
            Right::Stop | Right::Issue => matches!(self, Self::Owner | Self::Administrator | Self::Trader),
            Right::Configure | Right::People => matches!(self, Self::Owner | Self::Administrator),
            Right::Own => matches!(self, Self::Owner),
            Right::Host => false,
        }
    }
}

impl Role {
    /// The mightiest role that has no right beyond what both have.
    pub fn within(self, other: Self) -> Self {
        let is_within = |role: &Self| {
            Right::ALL.iter().all(|right| !role.has(*right) || (self.has(*right) && other.has(*right)))
        };
        Self::ALL.into_iter().find(is_within).unwrap_or(Self::Viewer)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(name: &str) -> Result<Self, RoleError> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or_else(|| RoleError(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_written() {
        assert!(Role::ALL.iter().all(|role| role.name().parse() == Ok(*role)));
        assert_eq!("root".parse::<Role>().unwrap_err(), RoleError("root".to_owned()));
    }

    #[test]
    fn the_narrower_of_two_roles_has_what_both_have_and_no_more() {
        for (one, other) in Role::ALL.iter().flat_map(|one| Role::ALL.map(|other| (*one, other))) {
            let both = one.within(other);
            assert_eq!(both, other.within(one));
            assert!(Right::ALL.iter().all(|right| !both.has(*right) || one.has(*right) && other.has(*right)));
        }
        assert_eq!(Role::Owner.within(Role::Trader), Role::Trader);
        assert_eq!(Role::Trader.within(Role::Auditor), Role::Viewer);
        assert_eq!(Role::Auditor.within(Role::Administrator), Role::Auditor);
    }

    #[test]
    fn no_role_reaches_the_host_and_only_an_owner_owns() {
        let with = |right| Role::ALL.into_iter().filter(move |role| role.has(right)).collect::<Vec<_>>();
        assert_eq!(with(Right::Host), []);
        assert_eq!(with(Right::Own), [Role::Owner]);
        assert_eq!(with(Right::Audit), [Role::Owner, Role::Administrator, Role::Auditor]);
        assert_eq!(with(Right::Issue), [Role::Owner, Role::Administrator, Role::Trader]);
        assert_eq!(with(Right::See), Role::ALL);
    }
}
