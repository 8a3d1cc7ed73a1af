//! `credential list`.

use super::CredentialView;
use crate::names::Names;
use crate::{Control, Error, Listed, Part};
use keyward_policy::{Actor, Operation};

/// Credentials in the order of their names.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, actor: &Actor, part: Part) -> Result<Listed<CredentialView>, Error> {
    control.view(actor, Operation::CredentialList)?;
    let list = control.credentials_of(actor, part).await?;
    let mut names = Names::new(&control.store);
    let mut items = Vec::with_capacity(list.items.len());
    for credential in list.items {
        items.push(CredentialView::of(&mut names, credential).await?);
    }
    Ok(Listed { items, next: list.next })
}
