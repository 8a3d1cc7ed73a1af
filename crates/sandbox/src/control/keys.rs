//! Registers, changes and removes keys, as a customer does on an exchange's website.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use ipnet::IpNet;
use keyward_dialect::crypto::PublicKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::exchange::{Exchange, OwnedKey};
use crate::key::{ApiKey, Rights, Verifier};

/// So many keys are kept.
const MOST_KEYS: usize = 10_000;

/// A key to register.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// The name of the account that it is for.
    account: String,
    /// An Ed25519 or RSA public key in any form that [`PublicKey::from_text`] reads.
    public_key: String,
    #[serde(default)]
    permissions: Rights,
    #[serde(default)]
    addresses: Vec<IpNet>,
}

/// A key that was registered.
#[derive(Debug, Serialize)]
pub(super) struct Registered {
    api_key: String,
}

/// Registers a key.
pub(super) async fn add(
    State(exchange): State<Arc<Exchange>>,
    Json(new): Json<NewKey>,
) -> Result<(StatusCode, Json<Registered>), (StatusCode, String)> {
    let bad = |text: String| (StatusCode::BAD_REQUEST, text);
    let account = *exchange.accounts.get(&new.account).ok_or_else(|| bad("no such account".to_owned()))?;
    let public_key = PublicKey::from_text(&new.public_key).map_err(|failure| bad(failure.to_string()))?;
    let api_key = faster_hex::hex_string(&Sha256::digest(new.public_key.trim()));
    let verifier = Verifier::Public(public_key);
    let key =
        ApiKey { api_key: api_key.clone(), verifier, rights: new.permissions, addresses: new.addresses };
    let mut keys = exchange.keys.write();
    if keys.len() >= MOST_KEYS {
        return Err((StatusCode::INSUFFICIENT_STORAGE, "too many keys".to_owned()));
    }
    keys.insert(api_key.clone(), OwnedKey { account, key, since_ms: exchange.now_ms() });
    Ok((StatusCode::CREATED, Json(Registered { api_key })))
}

/// What a key may do from now on, and from where.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Restrictions {
    permissions: Rights,
    addresses: Vec<IpNet>,
}

/// Changes what a key may do.
pub(super) async fn change(
    State(exchange): State<Arc<Exchange>>,
    Path(api_key): Path<String>,
    Json(restrictions): Json<Restrictions>,
) -> StatusCode {
    let mut keys = exchange.keys.write();
    let Some(owned) = keys.get_mut(&api_key) else { return StatusCode::NOT_FOUND };
    owned.key.rights = restrictions.permissions;
    owned.key.addresses = restrictions.addresses;
    StatusCode::NO_CONTENT
}

/// Removes a key.
pub(super) async fn remove(State(exchange): State<Arc<Exchange>>, Path(api_key): Path<String>) -> StatusCode {
    match exchange.keys.write().remove(&api_key) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}
