//! The two halves of a new key: what is kept, and what is shown once.

use keyward_dialect::crypto::GeneratedPair;
use keyward_policy::{
    ApiKey, ENTROPY_BYTES, KeyId, KeyType, Pages, PagesError, Part, SecretOwner, Verifier, key_string,
};
use keyward_vault::Secret;
use serde::Serialize;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::KeyView;
use crate::blocking::blocking;
use crate::material;
use crate::operation::hand_over::{Delivered, Link};
use crate::{Code, Control, Error, ShownOnce};

/// A key that was just issued.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedKey)]
pub struct Created {
    /// The key.
    #[serde(flatten)]
    pub key: KeyView,
    /// Its secret: an HMAC secret, or a private key as PEM. Null when the client brought its public key, and for a
    /// publishable key, which has none.
    #[schema(value_type = Option<String>)]
    pub secret: Option<ShownOnce>,
    /// The link by which it is handed over instead, where that was asked for.
    pub hand_over: Option<Link>,
}

impl Created {
    pub(super) fn of(key: KeyView, delivered: Delivered) -> Self {
        Self { key, secret: delivered.secret, hand_over: delivered.link }
    }
}

/// The halves of a new key.
pub(super) struct Halves {
    /// What checks its signatures.
    pub(super) verifier: Verifier,
    /// What makes them.
    pub(super) secret: Option<ShownOnce>,
}

/// Makes a new key's halves, or takes the public one that the client brings; a publishable key has pages instead.
pub(super) async fn halves(
    control: &Control,
    id: KeyId,
    key_type: KeyType,
    pages: Option<Pages>,
    public_key: Option<&str>,
) -> Result<Halves, Error> {
    Ok(match (key_type, public_key) {
        (KeyType::Publishable, brought) => published(pages, brought)?,
        (_, Some(text)) => Halves { verifier: material::brought(key_type, text)?, secret: None },
        (KeyType::Hmac, None) => hmac(control, id)?,
        (KeyType::Ed25519, None) => paired(material::ed25519(&*control.entropy)?),
        (KeyType::Rsa, None) => paired(blocking(material::rsa).await?),
    })
}

/// What clients will send.
pub(super) fn api_key(control: &Control, key_type: KeyType) -> ApiKey {
    let part = if key_type == KeyType::Publishable { Part::Publishable } else { Part::Key };
    ApiKey::new(key_string(part, &control.random()))
}

fn published(pages: Option<Pages>, public_key: Option<&str>) -> Result<Halves, Error> {
    if public_key.is_some() {
        return Err(Error::new(
            Code::PublishableInvalid,
            "a publishable key signs nothing, so it has no public key",
        ));
    }
    let pages = pages.ok_or_else(|| Error::new(Code::OriginInvalid, PagesError::Nowhere.to_string()))?;
    Ok(Halves { verifier: Verifier::Pages(pages), secret: None })
}

fn hmac(control: &Control, id: KeyId) -> Result<Halves, Error> {
    let entropy = Secret::generate(ENTROPY_BYTES, |bytes| control.entropy.fill(bytes))?;
    let entropy =
        entropy.expose().try_into().map_err(|_| Error::new(Code::Internal, "the secret cannot be made"))?;
    let secret = ShownOnce::new(Zeroizing::new(key_string(Part::Secret, entropy)));
    let sealed = control.vault.seal_secret(SecretOwner::Key(id), secret.as_bytes())?;
    Ok(Halves { verifier: Verifier::Hmac(sealed), secret: Some(secret) })
}

/// The private half is shown, and kept nowhere.
fn paired(pair: GeneratedPair) -> Halves {
    Halves { verifier: material::verifier(pair.public), secret: Some(ShownOnce::new(pair.private_pem)) }
}
