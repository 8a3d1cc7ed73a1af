//! `credential generate`: makes a pair inside the vault, and shows its public key only.

use keyward_policy::{Actor, KeyType, Operation};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{CredentialView, Place};
use crate::material::{Real, ed25519, fits};
use crate::{Control, Error};

/// A pair to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPair)]
pub struct Generate {
    /// Its name.
    pub name: String,
    /// The venue that it belongs to.
    pub venue: String,
    /// The only project whose keys may use it; any, unless one is named.
    #[serde(default)]
    pub project: Option<String>,
}

/// Makes an Ed25519 pair: its private half never exists outside the vault.
///
/// # Errors
/// `name_invalid`, `name_taken`, `venue_unknown`, `venue_takes_no_credential`, `project_unknown`, `key_type_unsupported`, `vault_sealed`; and
/// those of every change.
pub async fn generate(control: &Control, actor: &Actor, input: Generate) -> Result<CredentialView, Error> {
    let act = control.act(actor, Operation::CredentialGenerate).await?;
    let place =
        Place::read(control, input.name, &input.venue, input.project.as_deref(), String::new()).await?;
    fits(&place.venue, KeyType::Ed25519)?;
    let real = Real::try_from(ed25519(&*control.entropy)?.secret)?;
    place.add(control, act, real).await
}

#[cfg(test)]
mod tests {
    use keyward_dialect::{SigningKey, VerifyingKey};
    use keyward_policy::{SecretOwner, Verifier};

    use super::*;
    use crate::fixture::Fixture;
    use crate::{Code, material};

    #[tokio::test]
    async fn the_public_key_shown_belongs_to_the_private_key_sealed() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        let input = Generate { name: "main".to_owned(), venue: "binance".to_owned(), project: None };
        let view = generate(&fixture.control, &fixture.actor, input).await.unwrap();
        assert_eq!((view.api_key, view.key_type), (None, KeyType::Ed25519));
        let kept = fixture.control.store.credential("main").await.unwrap();
        let private = fixture.control.vault.open(SecretOwner::Credential(kept.id), &kept.secret).unwrap();
        let signature = SigningKey::Ed25519(&private).sign(b"order").unwrap();
        let Verifier::Ed25519(public) =
            material::brought(KeyType::Ed25519, &view.public_key.unwrap()).unwrap()
        else {
            panic!()
        };
        assert!(VerifyingKey::Ed25519(&public).verify(b"order", &signature).is_ok());
    }

    #[tokio::test]
    async fn no_pair_is_made_that_the_exchange_does_not_take() {
        let fixture = Fixture::new().await;
        fixture.kraken("kraken").await;
        let input = Generate { name: "main".to_owned(), venue: "kraken".to_owned(), project: None };
        let refused = generate(&fixture.control, &fixture.actor, input).await;
        assert_eq!(refused.unwrap_err().code(), Code::KeyTypeUnsupported);
    }
}
