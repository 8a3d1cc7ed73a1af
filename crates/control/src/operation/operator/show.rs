//! `operator show`.

use keyward_policy::{Actor, Operation};

use super::OperatorView;
use crate::{Control, Error};

/// The operator with this name or id.
///
/// # Errors
/// `operator_unknown`; `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor, name: &str) -> Result<OperatorView, Error> {
    control.view(actor, Operation::OperatorShow)?;
    OperatorView::one(control, control.store.operator(name).await?).await
}
