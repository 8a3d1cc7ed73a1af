//! `traffic`: what went through the door in the last two days, by the hour.

use keyward_policy::{Actor, Operation};

use crate::usage::Hour;
use crate::{Control, Error};

/// Requests of all keys by the hour, the oldest first.
///
/// # Errors
/// None but for who may not look.
pub async fn traffic(control: &Control, actor: &Actor) -> Result<Vec<Hour>, Error> {
    control.view(actor, Operation::Traffic)?;
    Ok(control.usage.all(control.now()))
}
