//! `approval list`: everything that waits for an operator.

use keyward_policy::{Actor, Operation};

use super::{ApprovalView, waiting};
use crate::{Control, Error, Listed};

/// How much that is.
///
/// # Errors
/// Those of every look.
pub fn count(control: &Control, actor: &Actor) -> Result<usize, Error> {
    control.view(actor, Operation::ApprovalList)?;
    Ok(waiting(control, actor).len())
}

/// Everything that waits, or was approved and not sent yet, the oldest first. There are at most some thousand.
///
/// # Errors
/// Those of every look.
pub async fn list(control: &Control, actor: &Actor) -> Result<Listed<ApprovalView>, Error> {
    control.view(actor, Operation::ApprovalList)?;
    Ok(Listed { items: ApprovalView::all(control, waiting(control, actor)).await?, next: None })
}
