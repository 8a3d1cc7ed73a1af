//! A caller that a gateway vouches for with a JWT, bound to the request.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderMap, header};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use parking_lot::Mutex;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{Caller, Received};
use crate::config::Identity;
use crate::engine::AccountId;
use crate::error::Refusal;
use crate::exchange::Exchange;
use crate::key::Rights;

/// A token lives at most this long, in seconds.
const LONGEST_LIFE_S: u64 = 30;
/// How far the gateway's clock may be from ours, in seconds.
const LEEWAY_S: u64 = 2;
/// So many projects get an account, so many tokens are remembered.
const MOST_PROJECTS: usize = 10_000;
const MOST_TOKENS: usize = 1_000_000;
/// The gateway's keys are asked for again at most this often, and awaited at most this long.
const FETCH_EVERY_MS: u64 = 1_000;
const FETCH_DEADLINE: Duration = Duration::from_secs(3);

/// Callers that are known by a gateway's word.
pub(crate) struct Identities {
    identity: Identity,
    keys: tokio::sync::Mutex<Keys>,
    accounts: Mutex<HashMap<String, AccountId>>,
    seen: Mutex<Seen>,
}

/// The tokens that were used, until they expire.
#[derive(Default)]
struct Seen {
    expiry_s: HashMap<String, u64>,
    swept_at_s: u64,
}

/// The gateway's public keys, and when they were fetched.
struct Keys {
    set: JwkSet,
    fetched_at_ms: u64,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    prj: String,
    perms: Vec<String>,
    jti: String,
    iat: u64,
    nbf: u64,
    exp: u64,
    req: String,
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

impl Identities {
    pub(crate) fn new(identity: Identity) -> Self {
        let keys = Keys { set: JwkSet { keys: Vec::new() }, fetched_at_ms: 0 };
        Self {
            identity,
            keys: tokio::sync::Mutex::new(keys),
            accounts: Mutex::default(),
            seen: Mutex::default(),
        }
    }

    /// Who it is that the token vouches for.
    pub(super) async fn caller(
        &self,
        exchange: &Exchange,
        received: &Received<'_>,
        token: &str,
    ) -> Result<Caller, Refusal> {
        let now_ms = exchange.now_ms();
        let claims = self.claims(token, now_ms).await.ok_or(Refusal::KeyNotAllowed)?;
        if claims.req != digest(received) {
            return Err(Refusal::BadSignature);
        }
        claims.check_time(now_ms / 1_000)?;
        self.seen.lock().use_once(&claims, now_ms / 1_000)?;
        let account = self.account(exchange, &claims.prj)?;
        tracing::debug!(key = claims.sub, project = claims.prj, "a gateway vouches for a caller");
        let rights = rights(&claims.perms);
        Ok(Caller { account, rights, ip_restricted: false, since_ms: claims.iat.saturating_mul(1_000) })
    }

    /// The claims, once issuer, audience and signature are right.
    async fn claims(&self, token: &str, now_ms: u64) -> Option<Claims> {
        let header = jsonwebtoken::decode_header(token).ok()?;
        let key = self.key(&header.kid?, now_ms).await?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&[&self.identity.audience]);
        rules.set_issuer(&["keyward"]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp", "nbf"]);
        // The library would ask the operating system for the time; ours is an argument.
        (rules.validate_exp, rules.validate_nbf) = (false, false);
        jsonwebtoken::decode(token, &key, &rules).ok().map(|token| token.claims)
    }

    async fn key(&self, kid: &str, now_ms: u64) -> Option<DecodingKey> {
        let mut keys = self.keys.lock().await;
        if keys.set.find(kid).is_none() && now_ms.saturating_sub(keys.fetched_at_ms) >= FETCH_EVERY_MS {
            keys.fetched_at_ms = now_ms;
            let text = tokio::time::timeout(FETCH_DEADLINE, (self.identity.jwks)()).await.ok()??;
            keys.set = serde_json::from_str(&text).ok()?;
        }
        DecodingKey::from_jwk(keys.set.find(kid)?).ok()
    }

    fn account(&self, exchange: &Exchange, project: &str) -> Result<AccountId, Refusal> {
        let mut accounts = self.accounts.lock();
        if let Some(account) = accounts.get(project) {
            return Ok(*account);
        }
        if accounts.len() >= MOST_PROJECTS {
            return Err(Refusal::KeyNotAllowed);
        }
        let account = exchange.floor.lock().engine.open_account(&self.identity.balances);
        accounts.insert(project.to_owned(), account);
        Ok(account)
    }
}

impl Seen {
    /// Refuses a token that was used before.
    fn use_once(&mut self, claims: &Claims, now_s: u64) -> Result<(), Refusal> {
        if self.swept_at_s != now_s {
            self.swept_at_s = now_s;
            self.expiry_s.retain(|_, expiry_s| expiry_s.saturating_add(LEEWAY_S) >= now_s);
        }
        let has_room = self.expiry_s.len() < MOST_TOKENS;
        if has_room && self.expiry_s.insert(claims.jti.clone(), claims.exp).is_none() {
            Ok(())
        } else {
            Err(Refusal::KeyNotAllowed)
        }
    }
}

impl Claims {
    fn check_time(&self, now_s: u64) -> Result<(), Refusal> {
        let too_long = self.exp.saturating_sub(self.iat) > LONGEST_LIFE_S;
        let not_yet = self.nbf > now_s + LEEWAY_S || self.iat > now_s + LEEWAY_S;
        let over = self.exp.saturating_add(LEEWAY_S) < now_s;
        if too_long || not_yet || over { Err(Refusal::TimestampOutside) } else { Ok(()) }
    }
}

/// What a token is bound to.
fn digest(received: &Received<'_>) -> String {
    let line = format!("{}\n{}\n{}\n", received.method, received.path, received.query);
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::new_with_prefix(line).chain_update(received.body).finalize())
}

/// Keyward's permissions in this exchange's words; it has only spot.
fn rights(permissions: &[String]) -> Rights {
    let has = |names: &[&str]| permissions.iter().any(|permission| names.contains(&permission.as_str()));
    Rights {
        enable_reading: has(&["read"]),
        enable_spot_and_margin_trading: has(&["trade", "trade:spot"]),
        enable_withdrawals: has(&["withdraw"]),
    }
}
