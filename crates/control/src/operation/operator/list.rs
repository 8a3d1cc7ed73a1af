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
    let list = control.store.operators(&part.into()).await?;
    let mut items = Vec::with_capacity(list.items.len());
    for operator in list.items {
        items.push(OperatorView::one(control, operator).await?);
    }
    Ok(Listed { items, next: list.next })
}

/// Whether anybody has become an operator yet; anybody may know.
///
/// # Errors
/// `store_unavailable`.
pub async fn is_first_run(control: &Control) -> Result<bool, Error> {
    Ok(!control.store.has_operators().await?)
}
