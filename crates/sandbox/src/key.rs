//! API keys as the exchange keeps them: what checks their signatures, and what they may do.

use ipnet::IpNet;
use keyward_dialect::VerifyingKey;
use keyward_dialect::crypto::{KeyKind, PublicKey};
use serde::{Deserialize, Serialize};

/// One API key of an account.
#[derive(Clone)]
pub struct ApiKey {
    /// What clients send as `X-MBX-APIKEY`, or as `API-Key`.
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
    /// HMAC with a shared secret.
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
    /// The shared secret of a key that signs as Kraken's do: base64, as the client types it.
    HmacSha512(String),
    /// The public half of an Ed25519 or RSA key.
    Public(PublicKey),
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

impl From<KeyKind> for KeyType {
    fn from(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Hmac => Self::Hmac,
            KeyKind::Ed25519 => Self::Ed25519,
            KeyKind::Rsa => Self::Rsa,
        }
    }
}

impl Default for Rights {
    /// What a new key at Binance may do: read.
    fn default() -> Self {
        Self { enable_reading: true, enable_spot_and_margin_trading: false, enable_withdrawals: false }
    }
}

impl Verifier {
    /// How the key signs.
    pub fn key_type(&self) -> KeyType {
        match self {
            Self::Hmac(_) | Self::HmacSha512(_) => KeyType::Hmac,
            Self::Public(key) => key.kind().into(),
        }
    }

    /// The same as the dialect's cryptography takes it.
    pub(crate) fn verifying_key(&self) -> VerifyingKey<'_> {
        match self {
            Self::Hmac(secret) => VerifyingKey::HmacSha256(secret.as_bytes()),
            Self::HmacSha512(secret) => VerifyingKey::HmacSha512(secret.as_bytes()),
            Self::Public(key) => key.verifying_key(),
        }
    }
}
