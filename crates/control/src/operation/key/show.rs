//! `key show`.

use super::{KeyView, find};
use crate::{Control, Error};
use keyward_policy::{Actor, Operation};

/// The key with this id, key string or name. Its secret is shown to nobody any more.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor, key: &str) -> Result<KeyView, Error> {
    control.view(actor, Operation::KeyShow)?;
    KeyView::one(control, find(control, actor, key).await?).await
}
