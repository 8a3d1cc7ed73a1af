//! `consent list`: every change that waits for a second operator.

use keyward_policy::{Actor, Operation};

use super::{ConsentView, waiting};
use crate::{Control, Error, Listed};

/// How many wait for somebody else than this actor.
///
/// # Errors
/// `store_unavailable`.
pub async fn count(control: &Control, actor: &Actor) -> Result<usize, Error> {
    control.view(actor, Operation::ConsentList)?;
    let waiting = waiting(control, actor).await?;
    Ok(waiting.iter().filter(|one| one.given_by.is_none() && one.asked_by != actor.name).count())
}

/// Everything that waits, or was agreed to and not carried out yet, the oldest first. There are at most a hundred.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, actor: &Actor) -> Result<Listed<ConsentView>, Error> {
    control.view(actor, Operation::ConsentList)?;
    let waiting = waiting(control, actor).await?;
    let items = waiting.into_iter().map(ConsentView::of).collect::<Result<_, _>>()?;
    Ok(Listed { items, next: None })
}
