//! Who acts on Keyward itself, and by what authority.

use serde::Serialize;

use crate::{Operation, Proof, Role};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// Who, as the host knows it (`uid 1000`) or as he signed in.
    pub name: String,
    /// By which way: `cli`, `socket`, `console`, `api`, ….
    pub via: &'static str,
    /// Which other operator agreed to it, where it takes two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consented_by: Option<String>,
    /// What he may do.
    #[serde(skip)]
    pub authority: Authority,
}

/// By what somebody acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// By the host's: whoever may open its socket or its data directory could do everything anyway.
    Host,
    /// By having signed in.
    Operator {
        /// As what.
        role: Role,
        /// Whether he has shown his second factor a moment ago.
        is_fresh: bool,
    },
}

/// Why somebody may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// His role does not have the right.
    Right,
    /// It has, but he must show his second factor first.
    Freshness,
}

impl Actor {
    /// Whoever works on the host itself.
    pub fn on_host(name: impl Into<String>, via: &'static str) -> Self {
        Self { name: name.into(), via, consented_by: None, authority: Authority::Host }
    }

    /// Whether he may carry an operation out.
    ///
    /// # Errors
    /// What he lacks.
    pub fn check(&self, operation: Operation) -> Result<(), Lack> {
        let Authority::Operator { role, .. } = self.authority else { return Ok(()) };
        if !role.has(operation.right()) {
            return Err(Lack::Right);
        }
        if operation.proof() == Proof::Fresh { self.check_fresh() } else { Ok(()) }
    }

    /// Whether it is certain that he himself is there.
    ///
    /// # Errors
    /// He must show his second factor first.
    pub const fn check_fresh(&self) -> Result<(), Lack> {
        match self.authority {
            Authority::Host | Authority::Operator { is_fresh: true, .. } => Ok(()),
            Authority::Operator { is_fresh: false, .. } => Err(Lack::Freshness),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(role: Role, is_fresh: bool, operation: Operation) -> Result<(), Lack> {
        let authority = Authority::Operator { role, is_fresh };
        Actor { name: "ada".to_owned(), via: "test", consented_by: None, authority }.check(operation)
    }

    #[test]
    fn the_host_may_do_everything() {
        let root = Actor::on_host("uid 0", "socket");
        assert!(Operation::ALL.iter().all(|operation| root.check(*operation).is_ok()));
    }

    #[test]
    fn a_role_that_lacks_the_right_is_told_so_before_it_is_asked_for_a_second_factor() {
        assert_eq!(check(Role::Viewer, false, Operation::CredentialAdd), Err(Lack::Right));
        assert_eq!(check(Role::Administrator, false, Operation::CredentialAdd), Err(Lack::Freshness));
        assert_eq!(check(Role::Administrator, true, Operation::CredentialAdd), Ok(()));
        assert_eq!(check(Role::Owner, true, Operation::Backup), Err(Lack::Right));
    }

    #[test]
    fn what_he_may_do_is_no_part_of_the_record() {
        let shown = serde_json::to_value(Actor::on_host("uid 0", "socket")).unwrap();
        assert_eq!(shown, serde_json::json!({ "name": "uid 0", "via": "socket" }));
    }
}
