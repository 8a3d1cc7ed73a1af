//! `approval show`: one of them.

use keyward_policy::{Actor, Operation};

use super::{ApprovalView, find};
use crate::{Control, Error};

/// Looks at what waits under this id (`apr_…`).
///
/// # Errors
/// `approval_unknown`.
pub async fn show(control: &Control, actor: &Actor, id: &str) -> Result<ApprovalView, Error> {
    control.view(actor, Operation::ApprovalShow)?;
    ApprovalView::one(control, find(control, actor, id)?).await
}
