//! `traffic`: what went through the door in the last two days, by the hour.

use keyward_policy::{Actor, Operation};

use crate::usage::{Hour, News};
use crate::{Control, Error};

/// Requests by the hour, the oldest first: of all keys, or of those in projects where the actor's role holds.
///
/// # Errors
/// None but for who may not look.
pub async fn traffic(control: &Control, actor: &Actor) -> Result<Vec<Hour>, Error> {
    control.view(actor, Operation::Traffic)?;
    Ok(match actor.reach().projects() {
        Some(projects) => control.usage.of_projects(projects, control.now()),
        None => control.usage.all(control.now()),
    })
}

/// Hears whenever there is more to see than before, here or anywhere else: whatever happens is in the audit log.
///
/// # Errors
/// None but for who may not look.
pub fn follow(control: &Control, actor: &Actor) -> Result<News, Error> {
    control.view(actor, Operation::Traffic)?;
    Ok(control.usage.news())
}
