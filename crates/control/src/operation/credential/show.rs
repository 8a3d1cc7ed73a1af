//! `credential show`.

use super::{CredentialView, find};
use crate::{Control, Error};

/// The credential with this name or id.
///
/// # Errors
/// `credential_unknown`; `store_unavailable`.
pub async fn show(control: &Control, credential: &str) -> Result<CredentialView, Error> {
    let (credential, venue) = find(control, credential).await?;
    Ok(CredentialView::of(credential, venue.name))
}
