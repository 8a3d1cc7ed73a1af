//! A credential as operators see it: everything but the secret.

use jiff::Timestamp;
use keyward_policy::{Checked, Credential, CredentialId, KeyType};
use serde::Serialize;
use utoipa::ToSchema;

use crate::names::Names;
use crate::{Control, Error};

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
    /// The name of the only project whose keys may use it; null where any may.
    pub project: Option<String>,
    /// The public half; null until the exchange has given one for a generated pair.
    pub api_key: Option<String>,
    /// How it signs.
    #[serde(rename = "type")]
    #[schema(value_type = crate::api::openapi::KeyType)]
    pub key_type: KeyType,
    /// The public key to register at the exchange, for asymmetric credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
    /// What the exchange said last of it; null when it was never asked.
    pub checked: Option<LastCheck>,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// What the exchange said last of a real key.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct LastCheck {
    /// When it said so.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Whether the real key may send money away.
    pub can_withdraw: bool,
    /// Whether it may move money inside the exchange.
    pub can_transfer: bool,
    /// Whether the exchange takes it from certain addresses only.
    pub ip_restricted: bool,
}

impl From<&Checked> for LastCheck {
    fn from(checked: &Checked) -> Self {
        let Checked { at, can_withdraw, can_transfer, ip_restricted } = *checked;
        Self { at, can_withdraw, can_transfer, ip_restricted }
    }
}

impl CredentialView {
    /// Shows one.
    pub(super) async fn one(control: &Control, credential: Credential) -> Result<Self, Error> {
        Self::of(&mut Names::new(&control.store), credential).await
    }

    /// Shows one of several; each name is looked up once.
    pub(super) async fn of(names: &mut Names<'_>, credential: Credential) -> Result<Self, Error> {
        let venue = names.venue(credential.venue).await?.name.clone();
        let project = match credential.project {
            Some(project) => Some(names.project(project).await?.name.clone()),
            None => None,
        };
        Ok(Self {
            id: credential.id,
            name: credential.name,
            venue,
            project,
            api_key: Some(credential.api_key).filter(|key| !key.is_empty()),
            key_type: credential.key_type,
            public_key: credential.public_key,
            checked: credential.checked.as_ref().map(Into::into),
            created_at: credential.created_at,
        })
    }
}
