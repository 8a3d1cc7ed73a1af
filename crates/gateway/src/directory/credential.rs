//! One real key, ready to sign.

use keyward_policy::{Credential, CredentialId, KeyType, SecretOwner};
use keyward_vault::{Kept, Vault};

use super::replaced::Replaced;

/// A credential ready to be used.
pub(crate) struct CredentialEntry {
    pub(crate) id: CredentialId,
    /// What the exchange knows it as.
    pub(crate) api_key: String,
    pub(crate) key_type: KeyType,
    pub(crate) secret: Kept,
    pub(super) replaced: Replaced,
}

impl CredentialEntry {
    pub(super) fn new(credential: Credential, vault: &Vault) -> Self {
        let owner = SecretOwner::Credential(credential.id);
        Self {
            id: credential.id,
            api_key: credential.api_key,
            key_type: credential.key_type,
            secret: vault.keep(owner, credential.secret),
            replaced: Replaced::default(),
        }
    }
}
