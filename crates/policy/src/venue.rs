//! Venues and the credentials that belong to them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{CredentialId, KeyType, ProjectId, Sealed, VenueId};

/// What Keyward does with the client's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Signs again with the real key.
    Resign,
    /// Strips it and vouches for the caller with a short-lived token.
    Assert,
}

/// A configured exchange connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Venue {
    /// Its id.
    pub id: VenueId,
    /// Its unique name: the first part of the gateway's paths.
    pub name: String,
    /// The name of its dialect.
    pub dialect: String,
    /// Base URLs by host family (`fapi`, …); the one under the empty name serves every family without its own.
    pub urls: BTreeMap<String, String>,
    /// What happens to the client's signature.
    pub mode: Mode,
    /// Whether market data passes without a key.
    pub public_market_data: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

/// A real exchange key, sealed in the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: CredentialId,
    /// Its unique name.
    pub name: String,
    /// The venue that it belongs to.
    pub venue: VenueId,
    /// The only project whose keys may use it; none means any.
    pub project: Option<ProjectId>,
    /// The public half; empty until the exchange has given one for a generated pair.
    pub api_key: String,
    /// How it signs.
    pub key_type: KeyType,
    /// The secret half: an HMAC secret as text, or a private key as PKCS#8 DER (RFC 5958).
    pub secret: Sealed,
    /// The public key to paste at the exchange, as PEM, for asymmetric credentials.
    pub public_key: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// What the exchange said last of it; none when it was never asked.
    pub checked: Option<Checked>,
}

/// What an exchange lets a real key do that matters if it is stolen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When it said so.
    pub at: Timestamp,
    /// Whether it may send money away.
    pub can_withdraw: bool,
    /// Whether it may move money inside the exchange.
    pub can_transfer: bool,
    /// Whether the exchange takes it from certain addresses only.
    pub ip_restricted: bool,
}
