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
    Ok(Listed::of(control.store.tokens(&part.into()).await?, TokenView::from))
}
