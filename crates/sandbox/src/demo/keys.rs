//! Key pairs for the demo accounts.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use keyward_dialect::CannotSign;
use keyward_dialect::crypto::{GeneratedPair, ed25519_pair, rsa_pair};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::key::Verifier;

/// The cryptographic library made no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the cryptographic library made no key for the sandbox exchange")]
pub struct CannotMakeKeys(#[from] CannotSign);

/// A key with its secret half.
pub(super) struct Pair {
    pub(super) api_key: String,
    pub(super) secret: String,
    pub(super) public_key: Option<String>,
    pub(super) verifier: Verifier,
}

impl Pair {
    pub(super) fn hmac(seed: u64, name: &str) -> Self {
        let secret = hex(&derive(seed, name, "secret"));
        Self {
            api_key: api_key(seed, name),
            verifier: Verifier::Hmac(secret.clone()),
            secret,
            public_key: None,
        }
    }

    /// A key in the form of Kraken's: the secret is 64 bytes in base64.
    pub(super) fn kraken(seed: u64, name: &str) -> Self {
        let bytes = [derive(seed, name, "secret"), derive(seed, name, "more of the secret")].concat();
        let secret = BASE64_STANDARD.encode(bytes);
        let api_key = BASE64_STANDARD.encode(&derive(seed, name, "api key")[..]);
        Self { api_key, verifier: Verifier::HmacSha512(secret.clone()), secret, public_key: None }
    }

    pub(super) fn ed25519(seed: u64, name: &str) -> Result<Self, CannotMakeKeys> {
        Ok(Self::asymmetric(seed, name, ed25519_pair(&derive(seed, name, "secret"))?))
    }

    pub(super) fn rsa(seed: u64, name: &str) -> Result<Self, CannotMakeKeys> {
        Ok(Self::asymmetric(seed, name, rsa_pair()?))
    }

    fn asymmetric(seed: u64, name: &str, pair: GeneratedPair) -> Self {
        Self {
            api_key: api_key(seed, name),
            secret: pair.private_pem.as_str().to_owned(),
            public_key: Some(pair.public.to_pem()),
            verifier: Verifier::Public(pair.public),
        }
    }
}

/// 32 bytes that follow from the seed, the account and what they are for.
fn derive(seed: u64, name: &str, purpose: &str) -> [u8; 32] {
    Sha256::digest(format!("keyward sandbox {seed} {name} {purpose}")).into()
}

fn api_key(seed: u64, name: &str) -> String {
    hex(&derive(seed, name, "api key"))
}

fn hex(bytes: &[u8]) -> String {
    faster_hex::hex_string(bytes)
}
