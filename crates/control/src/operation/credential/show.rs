//! `credential show`.

use super::CredentialView;
use crate::{Control, Error};
use keyward_policy::{Actor, Operation};

/// The credential with this name or id.
///
/// # Errors
/// `credential_unknown`; `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor, credential: &str) -> Result<CredentialView, Error> {
    control.view(actor, Operation::CredentialShow)?;
    CredentialView::one(control, control.credential_of(actor, credential).await?).await
}
