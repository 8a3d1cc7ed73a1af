//! What the exchange is told when it starts: markets, accounts and their keys, limits.

use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;

use crate::fault::Fault;
use crate::key::ApiKey;

/// Wall-clock time in milliseconds since the Unix epoch.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Fetches the text of a JWKS (RFC 7517); none when it cannot be had now.
pub type FetchJwks = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Option<String>> + Send>> + Send + Sync>;

/// A JWKS that is known beforehand.
pub fn jwks_document(text: impl Into<String>) -> FetchJwks {
    let text = text.into();
    Arc::new(move || Box::pin(ready(Some(text.clone()))))
}

/// All that the exchange is told when it starts.
#[derive(Clone)]
pub struct Config {
    /// What its prices follow from: the same seed makes the same market.
    pub seed: u64,
    /// The markets.
    pub markets: Vec<MarketConfig>,
    /// The accounts that exist from the start.
    pub accounts: Vec<AccountConfig>,
    /// Whose word is taken instead of a key and a signature; nobody's by default.
    pub identity: Option<Identity>,
    /// How much anybody may ask.
    pub limits: Limits,
    /// How often the market maker moves; never when zero.
    pub heartbeat: Duration,
    /// How the exchange misbehaves from the start.
    pub faults: Vec<Fault>,
}

/// One market. `tick` times `step` must not need more than 8 decimals, so that money is always exact.
#[derive(Clone, Debug)]
pub struct MarketConfig {
    /// The asset that is bought and sold.
    pub base: String,
    /// The asset that it is paid with.
    pub quote: String,
    /// Where the price starts.
    pub price: Decimal,
    /// The smallest step of a price (`PRICE_FILTER`).
    pub tick: Decimal,
    /// The smallest step of a quantity (`LOT_SIZE`).
    pub step: Decimal,
    /// The least value of an order in quote money (`NOTIONAL`).
    pub min_notional: Decimal,
}

/// One account.
#[derive(Clone)]
pub struct AccountConfig {
    /// Its name, for people.
    pub name: String,
    /// What it owns when the exchange starts.
    pub balances: Vec<(String, Decimal)>,
    /// Its API keys.
    pub keys: Vec<ApiKey>,
}

/// A gateway whose word is taken: it vouches for a caller with a short-lived `EdDSA` JWT that is bound to the request.
///
/// Claims: `iss` "keyward", `aud` as below, `sub` the key, `prj` the project, `perms` its permissions, `jti`, `iat`,
/// `nbf`, `exp` at most 30 s after `iat`, and `req`: base64url of SHA-256 over method, path, query and body joined by
/// line feeds, as they arrive here.
#[derive(Clone)]
pub struct Identity {
    /// The audience that a token must name.
    pub audience: String,
    /// Where the gateway's public keys come from; asked again when a token names an unknown one.
    pub jwks: FetchJwks,
    /// What the account of a project owns when it is first seen.
    pub balances: Vec<(String, Decimal)>,
}

/// How much anybody may ask.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `REQUEST_WEIGHT` per address and minute for `/api`.
    pub weight_per_minute: u32,
    /// The same for `/sapi`.
    pub sapi_weight_per_minute: u32,
    /// New orders per account and 10 seconds.
    pub orders_per_10s: u32,
}

impl Default for Limits {
    /// Binance's published figures (enums.md and rest-api.md of its API documents).
    fn default() -> Self {
        Self { weight_per_minute: 6_000, sapi_weight_per_minute: 12_000, orders_per_10s: 100 }
    }
}
