//! What a request would do: the permission it needs and the facts that rules ask for.

use std::borrow::Cow;

/// What kind of market a trade is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MarketType {
    /// Spot.
    Spot,
    /// Spot with borrowed money.
    Margin,
    /// Perpetual and dated futures.
    Futures,
    /// Options.
    Options,
}

/// Between what money moves without leaving the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Movement {
    /// Wallets of one account.
    Wallets,
    /// Accounts of one owner.
    Accounts,
}

/// The permission that an endpoint needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Needs {
    /// Public market data.
    Market,
    /// The account's state and history.
    Read,
    /// Orders, and settings that change their risk.
    Trade(MarketType),
    /// Money moves inside the exchange.
    Transfer(Movement),
    /// Money leaves.
    Withdraw,
    /// Keys and sub-accounts.
    Manage,
    /// A token that opens a stream without further signatures.
    Stream,
}

/// The markets that a request touches, in the dialect's own names.
///
/// A name is the exchange's symbol, with the host family in front where the exchange uses the same symbol for different
/// markets (see [`crate::Dialect::market`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markets<'r> {
    /// The endpoint is not about particular markets.
    NotApplicable,
    /// It is, and they cannot be read from this request.
    Unreadable,
    /// All of them.
    Named(Vec<Cow<'r, str>>),
}

/// What one order, cancellation or movement says, as it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fact<'r> {
    /// The market.
    pub symbol: Option<Cow<'r, str>>,
    /// Buy or sell.
    pub side: Option<Cow<'r, str>>,
    /// The order type.
    pub kind: Option<Cow<'r, str>>,
    /// How much, of the base or of the asset moved.
    pub quantity: Option<Cow<'r, str>>,
    /// How much, in quote money.
    pub quote_quantity: Option<Cow<'r, str>>,
    /// The limit price.
    pub price: Option<Cow<'r, str>>,
    /// The client's own order id.
    pub client_id: Option<Cow<'r, str>>,
    /// The asset that is moved.
    pub asset: Option<Cow<'r, str>>,
    /// Where it is moved to.
    pub to: Option<Cow<'r, str>>,
}

/// What a request would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose<'r> {
    /// The permission it needs.
    pub needs: Needs,
    /// Whether the exchange asks for a key, and for a signature.
    pub security: Security,
    /// The markets it touches.
    pub markets: Markets<'r>,
    /// Its orders, cancellations and movements, each on its own.
    pub facts: Vec<Fact<'r>>,
}

/// What proof an endpoint asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Security {
    /// None: public data.
    Public,
    /// A key, no signature.
    KeyOnly,
    /// A key and a signature.
    Signed,
}
