//! Who acts on Keyward itself, and by what authority.

use serde::Serialize;

use crate::{Operation, ProjectId, Proof, Reach, Role};

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// By the host's: whoever may open its socket or its data directory could do everything anyway.
    Host,
    /// By having signed in.
    Operator {
        /// As what.
        role: Role,
        /// Where.
        reach: Reach,
        /// Whether he has shown his second factor a moment ago.
        is_fresh: bool,
    },
}

/// Why somebody may not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// His role does not have the right.
    Right,
    /// It has, but in some projects only, and this concerns more.
    Reach,
    /// It has, but he must show his second factor first.
    Freshness,
}

impl Actor {
    /// Whoever works on the host itself.
    pub fn on_host(name: impl Into<String>, via: &'static str) -> Self {
        Self { name: name.into(), via, consented_by: None, authority: Authority::Host }
    }

    /// Whoever has said who he is, and not proved it: he may look at nothing.
    pub fn unproved(name: impl Into<String>, via: &'static str) -> Self {
        let nowhere = Reach::Projects(Vec::new());
        let authority = Authority::Operator { role: Role::Viewer, reach: nowhere, is_fresh: false };
        Self { name: name.into(), via, consented_by: None, authority }
    }

    /// Where his role holds.
    pub const fn reach(&self) -> &Reach {
        match &self.authority {
            Authority::Host => &Reach::Everywhere,
            Authority::Operator { reach, .. } => reach,
        }
    }

    /// Whether his role holds in a project. What belongs to another one does not exist for him.
    pub fn reaches(&self, project: ProjectId) -> bool {
        self.reach().covers(project)
    }

    /// Whether his role holds for what concerns every project.
    ///
    /// # Errors
    /// It holds in some only.
    pub const fn check_everywhere(&self) -> Result<(), Lack> {
        match self.reach() {
            Reach::Everywhere => Ok(()),
            Reach::Projects(_) => Err(Lack::Reach),
        }
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
        if operation.concerns_everything() {
            self.check_everywhere()?;
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
        ada(role, Reach::Everywhere, is_fresh).check(operation)
    }

    fn ada(role: Role, reach: Reach, is_fresh: bool) -> Actor {
        let authority = Authority::Operator { role, reach, is_fresh };
        Actor { name: "ada".to_owned(), via: "test", consented_by: None, authority }
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
    fn a_role_that_holds_in_a_project_holds_in_no_other_and_not_in_all() {
        let [own, other] = [1, 2].map(|number| ProjectId::from_entropy([number; 16]));
        let bound = ada(Role::Trader, Reach::Projects(vec![own]), true);
        assert_eq!((bound.reaches(own), bound.reaches(other)), (true, false));
        assert_eq!(bound.check_everywhere(), Err(Lack::Reach));
        assert_eq!(bound.check(Operation::VaultSeal), Err(Lack::Reach));
        assert_eq!(bound.check(Operation::KeySuspend), Ok(()));
        assert_eq!(Actor::on_host("uid 0", "socket").check_everywhere(), Ok(()));
        assert!(!Actor::unproved("eve", "test").reaches(own));
    }

    #[test]
    fn what_he_may_do_is_no_part_of_the_record() {
        let shown = serde_json::to_value(Actor::on_host("uid 0", "socket")).unwrap();
        assert_eq!(shown, serde_json::json!({ "name": "uid 0", "via": "socket" }));
    }
}
