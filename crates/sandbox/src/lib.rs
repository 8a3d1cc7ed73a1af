//! A small exchange that really matches orders and checks signatures, in the words of Binance's Spot REST API, and at
//! the same time in those of Kraken's.
//!
//! Unmodified clients (ccxt, binance-connector, python-kraken-sdk) trade on it as they do on the real one; its money is worth nothing.
//! [`serve()`] runs it on a listener; everything that it does not decide itself (the clock, the seed of its prices, the
//! accounts, when to stop) is an argument. [`demo()`] makes a configuration to start from.
//!
//! The engine (`engine/`) is pure: it matches orders and moves money, and knows no socket and no clock.

mod auth;
mod config;
mod control;
mod demo;
mod endpoint;
mod engine;
mod error;
mod exchange;
mod fault;
mod key;
mod kraken;
mod params;
mod rates;
mod serve;

pub use config::{AccountConfig, Clock, Config, FetchJwks, Identity, Limits, MarketConfig, jwks_document};
pub use demo::{AnnouncedAccount, Announcement, CannotMakeKeys, Demo, demo, kraken_demo};
pub use fault::{Fault, FaultKind};
pub use key::{ApiKey, KeyType, Rights, Verifier};
pub use serve::serve;
