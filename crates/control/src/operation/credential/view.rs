//! A credential as operators see it: everything but the secret.

use jiff::Timestamp;
use keyward_policy::{Credential, CredentialId, KeyType};
use serde::Serialize;
use utoipa::ToSchema;

/// A credential.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Credential)]
pub struct CredentialView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: CredentialId,
    /// Its name.
    pub name: String,
    /// The name of its venue.
    pub venue: String,
    /// The public half; null until the exchange has given one for a generated pair.
    pub api_key: Option<String>,
    /// How it signs.
    #[serde(rename = "type")]
    #[schema(value_type = crate::api::openapi::KeyType)]
    pub key_type: KeyType,
    /// The public key to register at the exchange, for asymmetric credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl CredentialView {
    pub(super) fn of(credential: Credential, venue: String) -> Self {
        Self {
            id: credential.id,
            name: credential.name,
            venue,
            api_key: Some(credential.api_key).filter(|key| !key.is_empty()),
            key_type: credential.key_type,
            public_key: credential.public_key,
            created_at: credential.created_at,
        }
    }
}
