//! `credential show`.

use super::{CredentialView, find};
use crate::{Control, Error};
use keyward_policy::{Actor, Operation};

/// The credential with this name or id.
///
/// # Errors
/// `credential_unknown`; `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor, credential: &str) -> Result<CredentialView, Error> {
    control.view(actor, Operation::CredentialShow)?;
    let (credential, venue) = find(control, credential).await?;
    Ok(CredentialView::of(credential, venue.name))
}
