//! `credential add`: takes a real exchange key into the vault.

use keyward_policy::{Actor, Operation};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CredentialView, Place, check_api_key};
use crate::material::{Real, belongs};
use crate::{Code, Control, Error, GivenSecret};

/// A real key to be kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCredential)]
pub struct Add {
    /// Its name.
    pub name: String,
    /// The venue that it belongs to.
    pub venue: String,
    /// The only project whose keys may use it; any, unless one is named.
    #[serde(default)]
    pub project: Option<String>,
    /// The public half, as the exchange shows it.
    pub api_key: String,
    /// The secret half: an HMAC secret, or a private key in PEM.
    #[schema(value_type = String, format = Password, write_only)]
    pub secret: GivenSecret,
    /// The passphrase that some exchanges give with a key.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Password, write_only)]
    pub passphrase: Option<GivenSecret>,
}

/// Seals a real key.
///
/// # Errors
/// `name_invalid`, `name_taken`, `venue_unknown`, `venue_takes_no_credential`, `project_unknown`, `api_key_invalid`, `secret_invalid`,
/// `key_type_unsupported`, `passphrase_unused`, `vault_sealed`; and those of every change.
pub async fn add(control: &Control, actor: &Actor, input: Add) -> Result<CredentialView, Error> {
    let act = control.act(actor, Operation::CredentialAdd).await?;
    check_api_key(&input.api_key)?;
    let place =
        Place::read(control, input.name, &input.venue, input.project.as_deref(), input.api_key).await?;
    if input.passphrase.is_some() {
        let error = format!("keys of the dialect {} have no passphrase", place.venue.dialect);
        return Err(Error::new(Code::PassphraseUnused, error).hint("leave it out"));
    }
    let real = Real::read(&input.secret.into_secret())?;
    belongs(&place.venue, &real)?;
    place.add(control, act, real).await
}

#[cfg(test)]
mod tests {
    use keyward_policy::{Change, SecretOwner};
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture::{Fixture, SECRET, read};

    fn input() -> Value {
        json!({ "name": "main", "venue": "binance", "api_key": "REALKEY", "secret": SECRET })
    }

    async fn added(fixture: &Fixture, change: Value) -> Result<CredentialView, Code> {
        let mut input = input();
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        add(&fixture.control, &fixture.actor, read(&input.to_string())).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn the_vault_holds_the_secret_and_nobody_shows_it() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        let view = added(&fixture, json!({})).await.unwrap();
        assert!(!serde_json::to_string(&view).unwrap().contains(SECRET));
        let Some(Change::Credential(told)) = fixture.published().pop() else { panic!() };
        let opened = fixture.control.vault.open(SecretOwner::Credential(told.id), &told.secret).unwrap();
        assert_eq!(&*opened, SECRET.as_bytes());
        assert_eq!(fixture.last_change()["details"]["api_key"], "REALKEY");
    }

    #[tokio::test]
    async fn what_cannot_be_a_credential_is_refused() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        fixture.assert_venue("backend").await;
        for (change, code) in [
            (json!({ "name": "a b" }), Code::NameInvalid),
            (json!({ "venue": "nowhere" }), Code::VenueUnknown),
            (json!({ "venue": "backend" }), Code::VenueTakesNoCredential),
            (json!({ "api_key": "" }), Code::ApiKeyInvalid),
            (json!({ "api_key": "a b" }), Code::ApiKeyInvalid),
            (json!({ "secret": "short" }), Code::SecretInvalid),
            (json!({ "passphrase": "p" }), Code::PassphraseUnused),
        ] {
            assert_eq!(added(&fixture, change.clone()).await.unwrap_err(), code, "{change}");
        }
    }

    #[tokio::test]
    async fn a_secret_is_one_of_its_exchanges_own() {
        let fixture = Fixture::new().await;
        fixture.kraken("kraken").await;
        for (secret, code) in [
            ("not-base64-but-long-enough", Some(Code::SecretInvalid)),
            (ED25519, Some(Code::KeyTypeUnsupported)),
            (
                "kQH5HW/8p1uGOVjbgWA7FunAmGO8lsSUXNsu3eow76sz84Q18fWxnyRzBHCd3pd5nE9qa99HAZtuZuj6F1huXg==",
                None,
            ),
        ] {
            let added = added(&fixture, json!({ "venue": "kraken", "secret": secret })).await;
            assert_eq!(added.err(), code, "{secret}");
        }
    }

    /// The Ed25519 key of RFC 8410 §10.3.
    const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

    #[tokio::test]
    async fn a_sealed_vault_takes_nothing() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        fixture.control.vault.seal();
        assert_eq!(added(&fixture, json!({})).await.unwrap_err(), Code::VaultSealed);
    }

    #[tokio::test]
    async fn without_a_log_nothing_is_added() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        fixture.break_the_log();
        assert_eq!(added(&fixture, json!({})).await.unwrap_err(), Code::AuditUnavailable);
        assert!(fixture.control.store.credential("main").await.is_err());
    }
}
