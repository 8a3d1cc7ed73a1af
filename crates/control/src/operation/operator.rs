//! Operators: the people who run Keyward.

pub mod accept;
pub mod change;
pub mod invite;
pub mod list;
pub mod show;
mod view;

pub use view::OperatorView;

use keyward_policy::{Actor, Authority, Right, Role};

use crate::{Code, Error};

/// Only an owner makes owners, and only an owner changes one.
fn outranks(actor: &Actor, roles: &[Role]) -> Result<(), Error> {
    let owns = match actor.authority {
        Authority::Host => true,
        Authority::Operator { role, .. } => role.has(Right::Own),
    };
    if owns || !roles.contains(&Role::Owner) {
        return Ok(());
    }
    Err(Error::new(Code::RoleLacksRight, "only an owner makes an owner, or changes one").hint("ask an owner"))
}
