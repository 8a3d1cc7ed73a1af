//! Key pairs for the demo accounts.

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::key::Verifier;

/// The cryptographic library made no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the cryptographic library made no key for the sandbox exchange")]
pub struct CannotMakeKeys;

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

    pub(super) fn ed25519(seed: u64, name: &str) -> Result<Self, CannotMakeKeys> {
        let private = derive(seed, name, "secret");
        let pair = Ed25519KeyPair::from_seed_unchecked(&private).map_err(|_| CannotMakeKeys)?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| CannotMakeKeys)?;
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| CannotMakeKeys)?;
        Self::asymmetric(seed, name, pkcs8.as_ref(), spki.as_ref())
    }

    pub(super) fn rsa(seed: u64, name: &str) -> Result<Self, CannotMakeKeys> {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| CannotMakeKeys)?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| CannotMakeKeys)?;
        let spki: PublicKeyX509Der<'_> = pair.public_key().as_der().map_err(|_| CannotMakeKeys)?;
        Self::asymmetric(seed, name, pkcs8.as_ref(), spki.as_ref())
    }

    fn asymmetric(seed: u64, name: &str, pkcs8: &[u8], spki: &[u8]) -> Result<Self, CannotMakeKeys> {
        let public = pem("PUBLIC KEY", spki);
        let verifier = Verifier::from_pem(&public).map_err(|_| CannotMakeKeys)?;
        let secret = pem("PRIVATE KEY", pkcs8);
        Ok(Self { api_key: api_key(seed, name), secret, public_key: Some(public), verifier })
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

/// RFC 7468: base64 in lines of 64.
fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
