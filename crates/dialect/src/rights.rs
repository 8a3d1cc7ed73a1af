//! What a real key may do, as its exchange says.

use http::Method;
use thiserror::Error;

use crate::Outgoing;

/// The signed request that asks an exchange what the key that signed it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Introspection {
    /// Its method.
    pub method: Method,
    /// The rest of it.
    pub outgoing: Outgoing,
}

/// What a real key may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RealKeyRights {
    /// Read the account's state and history.
    pub can_read: bool,
    /// Trade, on any kind of market.
    pub can_trade: bool,
    /// Send money away from the exchange.
    pub can_withdraw: bool,
    /// Move money between wallets or accounts.
    pub can_transfer: bool,
    /// Whether the exchange takes the key from configured addresses only.
    pub ip_restricted: bool,
    /// The rights that are on, in the exchange's own names, sorted: also those that the fields above do not cover.
    pub names: Vec<String>,
}

/// An exchange's answer about a key does not say what the key may do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnreadableRights {
    /// The exchange answered with an error of its own.
    #[error(
        "the exchange refused to say what the key may do: {0}; check the key, its secret and its address list"
    )]
    Refused(String),
    /// The answer has another shape.
    #[error(
        "the exchange's answer about the key has an unknown form; nothing is known about the key's rights"
    )]
    Form,
}
