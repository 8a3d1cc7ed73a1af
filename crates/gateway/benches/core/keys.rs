//! The issued keys of the bench: each is made from its number alone, so that a million of them take no memory beside
//! that of the directory.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_STANDARD, Engine};
use jiff::Timestamp;
use keyward_dialect::{SigningKey, VerifyingKey};
use keyward_policy::{
    AddressRules, ApiKey, Grant, Key, KeyId, KeyState, KeyType, Lifetime, Part, ProjectId, SecretOwner,
    Verifier, key_string,
};
use keyward_vault::Vault;

use crate::seeded::Seeded;

/// An issued key, from its holder's side.
pub(crate) struct Holder {
    id: KeyId,
    pub(crate) api_key: String,
    secret: Secret,
}

enum Secret {
    Hmac(String),
    Ed25519(Ed25519KeyPair),
}

type Failure = Box<dyn std::error::Error>;

impl Holder {
    /// The holder of the key of this number.
    pub(crate) fn new(key_type: KeyType, number: u64) -> Result<Self, Failure> {
        let entropy = Seeded::new(number);
        let (id, api_key) = (KeyId::from_entropy(entropy.bytes()), key_string(Part::Key, &entropy.bytes()));
        let secret = match key_type {
            KeyType::Hmac => Secret::Hmac(key_string(Part::Secret, &entropy.bytes())),
            _ => Secret::Ed25519(Ed25519KeyPair::from_seed_unchecked(&entropy.bytes::<32>())?),
        };
        Ok(Self { id, api_key, secret })
    }

    /// The key as Keyward knows it: one grant, one range of addresses, a date of expiry.
    pub(crate) fn issued(&self, vault: &Vault, grant: Grant, now: Timestamp) -> Result<Key, Failure> {
        Ok(Key {
            id: self.id,
            project: ProjectId::from_entropy([1; 16]),
            name: self.api_key[3..15].to_owned(),
            api_key: ApiKey::new(self.api_key.as_str()),
            verifier: self.verifier(vault)?,
            state: KeyState::Active,
            lifetime: Lifetime {
                expires_at: Some(now + jiff::SignedDuration::from_hours(90 * 24)),
                ..Lifetime::default()
            },
            addresses: AddressRules { allow: vec!["192.0.2.0/24".parse()?], deny: vec![] },
            rate: None,
            grants: vec![grant],
            revision: 1,
            created_at: now,
            rotated_from: None,
        })
    }

    fn verifier(&self, vault: &Vault) -> Result<Verifier, Failure> {
        Ok(match &self.secret {
            Secret::Hmac(text) => {
                Verifier::Hmac(vault.seal_secret(SecretOwner::Key(self.id), text.as_bytes())?)
            }
            Secret::Ed25519(pair) => Verifier::Ed25519(pair.public_key().as_ref().try_into()?),
        })
    }

    /// What checks its signatures.
    pub(crate) fn verifying_key(&self) -> Result<VerifyingKey<'_>, Failure> {
        Ok(match &self.secret {
            Secret::Hmac(text) => VerifyingKey::HmacSha256(text.as_bytes()),
            Secret::Ed25519(pair) => VerifyingKey::Ed25519(pair.public_key().as_ref().try_into()?),
        })
    }

    /// Signs as a client does, ready to stand in a query or a form.
    pub(crate) fn sign(&self, message: &str) -> Result<String, Failure> {
        Ok(match &self.secret {
            Secret::Hmac(text) => SigningKey::HmacSha256(text.as_bytes()).sign(message.as_bytes())?,
            Secret::Ed25519(pair) => BASE64_STANDARD
                .encode(pair.sign(message.as_bytes()))
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D"),
        })
    }
}
