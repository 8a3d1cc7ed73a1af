//! `token list`.

use keyward_policy::{Actor, Operation};

use super::TokenView;
use crate::{Control, Error, Listed, Part};

/// Tokens in the order of their names.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, actor: &Actor, part: Part) -> Result<Listed<TokenView>, Error> {
    control.view(actor, Operation::TokenList)?;
    let list = control.store.tokens(&part.into()).await?;
    let mut items = Vec::with_capacity(list.items.len());
    for token in list.items {
        items.push(TokenView::one(control, token).await?);
    }
    Ok(Listed { items, next: list.next })
}
