//! An exchange to start from: six markets, three accounts, one for each type of key.

mod keys;

use std::time::Duration;

use rust_decimal::Decimal;
use serde::Serialize;

pub use self::keys::CannotMakeKeys;
use self::keys::Pair;
use crate::config::{AccountConfig, Config, Limits, MarketConfig};
use crate::key::{ApiKey, KeyType, Rights};

/// A configuration and the secrets of its accounts.
pub struct Demo {
    /// The configuration.
    pub config: Config,
    /// The accounts with their keys.
    pub accounts: Vec<AnnouncedAccount>,
}

/// What a client needs to know; `keyward sandbox --json` prints it. The secrets guard money that is worth nothing.
#[derive(Serialize)]
pub struct Announcement {
    /// The base URL of the exchange.
    pub url: String,
    /// The accounts.
    pub accounts: Vec<AnnouncedAccount>,
}

/// One account with its key.
#[derive(Clone, Serialize)]
pub struct AnnouncedAccount {
    /// Its name.
    pub name: String,
    /// The public half of its key.
    pub api_key: String,
    /// The secret half: an HMAC secret, or a private key as PEM (PKCS#8).
    pub secret: String,
    /// The public key as PEM, for asymmetric keys.
    pub public_key: Option<String>,
    /// How it signs.
    pub key_type: KeyType,
    /// What it may do.
    pub permissions: Rights,
}

/// Base, quote, price, tick, step, least value of an order.
const MARKETS: [(&str, &str, i64, u32, u32, i64); 7] = [
    ("BTC", "USDT", 60_000, 2, 5, 5),
    ("ETH", "USDT", 3_000, 2, 4, 5),
    ("SOL", "USDT", 150, 2, 3, 5),
    ("BNB", "USDT", 600, 2, 3, 5),
    ("XRP", "USDT", 2, 4, 1, 5),
    ("ADA", "USDT", 1, 4, 1, 5),
    ("LTC", "USDT", 100, 2, 3, 5),
];

const EVERYTHING: Rights =
    Rights { enable_reading: true, enable_spot_and_margin_trading: true, enable_withdrawals: true };
const TRADING: Rights = Rights { enable_withdrawals: false, ..EVERYTHING };

/// A small exchange whose market and keys follow from a seed. RSA keys are new each time: no sound library makes them
/// from a seed.
///
/// # Errors
/// [`CannotMakeKeys`].
pub fn demo(seed: u64) -> Result<Demo, CannotMakeKeys> {
    let pairs = [
        ("desk", Pair::hmac(seed, "desk"), EVERYTHING),
        ("ed25519", Pair::ed25519(seed, "ed25519")?, TRADING),
        ("rsa", Pair::rsa(seed, "rsa")?, TRADING),
    ];
    let (accounts, announced) =
        pairs.into_iter().map(|(name, pair, rights)| account(name, pair, rights)).unzip();
    Ok(Demo { config: config(seed, accounts), accounts: announced })
}

/// The same exchange with markets in dollars beside, for clients of Kraken: two accounts, one of which may send money away.
pub fn kraken_demo(seed: u64) -> Demo {
    let pairs = [("desk", EVERYTHING), ("trading", TRADING)];
    let named = pairs.map(|(name, rights)| account(name, Pair::kraken(seed, name), rights));
    let (mut accounts, announced): (Vec<_>, Vec<_>) = named.into_iter().unzip();
    for account in &mut accounts {
        account.balances.push(("USD".to_owned(), Decimal::from(1_000_000)));
    }
    let mut config = config(seed, accounts);
    let dollars = config.markets.iter().filter(|market| market.quote == "USDT").take(2).cloned();
    let dollars: Vec<_> = dollars.map(|market| MarketConfig { quote: "USD".to_owned(), ..market }).collect();
    config.markets.extend(dollars);
    Demo { config, accounts: announced }
}

fn config(seed: u64, accounts: Vec<AccountConfig>) -> Config {
    Config {
        seed,
        markets: markets(),
        accounts,
        identity: None,
        limits: Limits::default(),
        heartbeat: Duration::from_millis(500),
        faults: Vec::new(),
    }
}

pub(crate) fn markets() -> Vec<MarketConfig> {
    let usual = MARKETS.map(|(base, quote, price, tick, step, least)| MarketConfig {
        base: base.to_owned(),
        quote: quote.to_owned(),
        price: price.into(),
        tick: Decimal::new(1, tick),
        step: Decimal::new(1, step),
        min_notional: least.into(),
    });
    let cross = MarketConfig {
        base: "ETH".to_owned(),
        quote: "BTC".to_owned(),
        price: Decimal::new(5, 2),
        tick: Decimal::new(1, 5),
        step: Decimal::new(1, 3),
        min_notional: Decimal::new(1, 4),
    };
    usual.into_iter().chain([cross]).collect()
}

/// What every demo account owns, and what a project owns when it is first seen: enough for any test.
pub(crate) fn balances() -> Vec<(String, Decimal)> {
    let mut assets: Vec<_> =
        MARKETS.iter().map(|(base, ..)| ((*base).to_owned(), Decimal::from(1_000))).collect();
    assets.push(("USDT".to_owned(), Decimal::from(1_000_000)));
    assets
}

fn account(name: &str, pair: Pair, rights: Rights) -> (AccountConfig, AnnouncedAccount) {
    let announced = AnnouncedAccount {
        name: name.to_owned(),
        api_key: pair.api_key.clone(),
        secret: pair.secret,
        public_key: pair.public_key,
        key_type: pair.verifier.key_type(),
        permissions: rights,
    };
    let key = ApiKey { api_key: pair.api_key, verifier: pair.verifier, rights, addresses: Vec::new() };
    (AccountConfig { name: name.to_owned(), balances: balances(), keys: vec![key] }, announced)
}
