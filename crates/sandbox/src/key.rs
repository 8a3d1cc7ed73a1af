//! API keys as the exchange keeps them: what checks their signatures, and what they may do.

use ipnet::IpNet;
use keyward_dialect::VerifyingKey;
use rustls_pki_types::SubjectPublicKeyInfoDer;
use rustls_pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The `SubjectPublicKeyInfo` of an Ed25519 key (RFC 8410) up to its 32 bytes.
const ED25519_SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// One API key of an account.
#[derive(Clone)]
pub struct ApiKey {
    /// What clients send as `X-MBX-APIKEY`.
    pub api_key: String,
    /// What checks its signatures.
    pub verifier: Verifier,
    /// What it may do.
    pub rights: Rights,
    /// Where it may be used from; everywhere when empty.
    pub addresses: Vec<IpNet>,
}

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// HMAC-SHA256 with a shared secret.
    Hmac,
    /// Ed25519.
    Ed25519,
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rsa,
}

/// What checks a key's signatures. Not printable: for HMAC it is the secret itself.
#[derive(Clone)]
pub enum Verifier {
    /// The shared secret, as the client types it.
    Hmac(String),
    /// The public key.
    Ed25519([u8; 32]),
    /// The public key as DER of its `SubjectPublicKeyInfo`.
    Rsa(Vec<u8>),
}

/// What a key may do, in the words of Binance's `apiRestrictions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rights {
    /// Read the account.
    pub enable_reading: bool,
    /// Place and cancel orders.
    pub enable_spot_and_margin_trading: bool,
    /// Send money away.
    pub enable_withdrawals: bool,
}

impl Default for Rights {
    /// What a new key at Binance may do: read.
    fn default() -> Self {
        Self { enable_reading: true, enable_spot_and_margin_trading: false, enable_withdrawals: false }
    }
}

/// A text is not a public key that this exchange takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a public key: expected PEM (`-----BEGIN PUBLIC KEY-----`) of an Ed25519 or RSA key")]
pub struct BadPublicKey;

impl Verifier {
    /// Reads a public key from PEM, as a customer would paste it.
    ///
    /// # Errors
    /// [`BadPublicKey`].
    pub fn from_pem(pem: &str) -> Result<Self, BadPublicKey> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).map_err(|_| BadPublicKey)?;
        match der.strip_prefix(&ED25519_SPKI) {
            Some(key) => key.try_into().map(Self::Ed25519).map_err(|_| BadPublicKey),
            None => Ok(Self::Rsa(der.to_vec())),
        }
    }

    /// How the key signs.
    pub fn key_type(&self) -> KeyType {
        match self {
            Self::Hmac(_) => KeyType::Hmac,
            Self::Ed25519(_) => KeyType::Ed25519,
            Self::Rsa(_) => KeyType::Rsa,
        }
    }

    /// The same as the dialect's cryptography takes it.
    pub(crate) fn verifying_key(&self) -> VerifyingKey<'_> {
        match self {
            Self::Hmac(secret) => VerifyingKey::HmacSha256(secret.as_bytes()),
            Self::Ed25519(key) => VerifyingKey::Ed25519(key),
            Self::Rsa(spki) => VerifyingKey::RsaSha256(spki),
        }
    }
}
