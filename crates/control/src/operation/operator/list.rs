//! `operator list`.

use keyward_policy::{Actor, Operation};

use super::OperatorView;
use crate::{Control, Error, Listed, Part};

/// Operators in the order of their names.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, actor: &Actor, part: Part) -> Result<Listed<OperatorView>, Error> {
    control.view(actor, Operation::OperatorList)?;
    Ok(Listed::of(control.store.operators(&part.into()).await?, OperatorView::from))
}

/// Whether anybody has become an operator yet; anybody may know.
///
/// # Errors
/// `store_unavailable`.
pub async fn is_first_run(control: &Control) -> Result<bool, Error> {
    Ok(!control.store.has_operators().await?)
}
