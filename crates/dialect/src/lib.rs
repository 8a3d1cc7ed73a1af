//! How exchanges want their requests signed, what their endpoints mean and how they word their errors; pure.
//!
//! One exchange is one file, one row of [`DIALECTS`], one endpoint table and its vectors. A dialect reads a request
//! in the order of the gateway's pipeline, and each step takes what the last one made:
//!
//! 1. [`Dialect::parse`] takes the request apart, once; what can be read in two ways is refused here;
//! 2. [`Dialect::claim`] says which key the request claims, and what it signed;
//! 3. [`Dialect::fresh`] checks the claim's time against the exchange's own window;
//! 4. [`SignedClaim::verify`] checks the signature with the key's verifier;
//! 5. [`Dialect::classify`] says what the request would do: the permission it needs, and the facts;
//! 6. [`Dialect::resign`] makes the request that the exchange's own client would have sent with the real key, or
//!    [`Dialect::strip`] one without any signature;
//! 7. [`Dialect::deny`] words a refusal so that the client's library raises its own native exception.
//!
//! No IO, no clock, no policy: the time and the keys are arguments.

mod answer;
pub mod binance;
mod claim;
mod classify;
pub mod crypto;
mod form;
mod header;
mod json;
pub mod kraken;
mod params;
mod path;
mod pushback;
mod request;
mod rights;
mod sameness;
mod spends;
mod stamp;
mod table;

pub use answer::{Answer, Denial, DenialKind};
pub use claim::{Claim, SignedClaim};
pub use classify::{Fact, MarketType, Markets, Movement, Needs, Purpose, Security};
pub use crypto::{BadSignature, CannotSign, HmacScheme, KeyKind, SigningKey, VerifyingKey};
pub use params::{Param, Params, Place};
pub use pushback::{Limited, Pushback};
pub use request::{Outgoing, Refusal, RefusalKind, Request};
pub use rights::{Introspection, RealKeyRights, UnreadableRights};
pub use spends::Spends;
pub use stamp::Stamp;

use http::HeaderName;

/// One exchange's way of speaking.
pub trait Dialect: Send + Sync {
    /// The name that venues are configured with.
    fn name(&self) -> &'static str;

    /// The host families of the exchange with their real base URLs; the first serves what has no family of its own.
    fn families(&self) -> &'static [(&'static str, &'static str)];

    /// The host family that serves a path.
    fn family(&self, path: &str) -> &'static str;

    /// The headers of a client that the exchange reads, in lower case, beside its key and signature. No other header
    /// leaves: none could then bind the request to the client, or mean something else to the exchange than to us.
    fn headers(&self) -> &'static [&'static str];

    /// The header that carries a client's key.
    fn key_header(&self) -> HeaderName;

    /// The kinds of keys that the exchange takes.
    fn key_kinds(&self) -> &'static [KeyKind];

    /// What the exchange makes of an HMAC secret.
    fn hmac(&self) -> HmacScheme;

    /// The number of a request that is signed at this time, for an exchange that takes each request of a key only with
    /// a higher number than all before; none for the others.
    ///
    /// It rises with the time and is at least what any client of the exchange would send at this time, so that a real
    /// key that was used elsewhere before can be used here at once. It does not tell two requests of one time apart:
    /// whoever signs sees to it that no number comes twice ([`Stamp::nonce`]).
    fn nonce_at(&self, now_us: u64) -> Option<u64>;

    /// Whether an answer of the exchange refuses a request for its number, where the exchange counts.
    fn refuses_nonce(&self, _answer: &[u8]) -> bool {
        false
    }

    /// Takes a request apart, once for all later steps.
    ///
    /// # Errors
    /// Whatever can be read in two ways, or is longer than the exchange takes.
    fn parse<'r>(&self, request: &Request<'r>) -> Result<Params<'r>, Refusal>;

    /// Who claims to have sent it, and what he signed.
    ///
    /// # Errors
    /// A key or a signature in a form that the exchange does not know.
    fn claim<'r>(&self, request: &Request<'r>, params: &Params<'r>) -> Result<Claim<'r>, Refusal>;

    /// Checks the claim's time against the exchange's window.
    ///
    /// Returns until when the same signature would pass again, in microseconds since the Unix epoch: the replay guard
    /// must remember it for that long.
    ///
    /// # Errors
    /// Too old, too far ahead, or a window wider than the exchange allows.
    fn fresh(&self, claim: &SignedClaim<'_>, now_us: u64) -> Result<u64, Refusal>;

    /// What the request would do.
    ///
    /// # Errors
    /// An endpoint that the dialect does not know: default deny.
    fn classify<'r>(&self, request: &Request<'r>, params: &Params<'r>) -> Result<Purpose<'r>, Refusal>;

    /// The market's name at the exchange for a symbol in ccxt's notation, as [`Markets`] of this dialect name it;
    /// none where the exchange has no such kind of market.
    fn market(&self, symbol: &str) -> Option<String>;

    /// A symbol in ccxt's notation whose market has this name ([`Dialect::market`]); none where the name does not tell what
    /// is traded for what.
    fn symbol(&self, market: &str) -> Option<String>;

    /// Whether a cancellation says which market it is about. Where it does not, a key that is limited to markets may
    /// place orders and not cancel them.
    fn cancels_name_markets(&self) -> bool;

    /// Signs the request again with the real key, under this stamp, and changes nothing else.
    ///
    /// # Errors
    /// The key does not sign, or the stamp lacks the number that the exchange asks for.
    fn resign(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        api_key: &str,
        key: &SigningKey<'_>,
        stamp: Stamp,
    ) -> Result<Outgoing, CannotSign>;

    /// The request without the client's key and signature, for a backend that takes Keyward's word.
    fn strip(&self, request: &Request<'_>, params: &Params<'_>) -> Outgoing;

    /// Words a refusal as the exchange would.
    fn deny(&self, denial: &Denial<'_>) -> Answer;

    /// Whether a request takes an order back. Such a request may pass where others are held back for the exchange's
    /// limits, so that one that does more must not be called one.
    fn cancels(&self, request: &Request<'_>) -> bool {
        request.method == http::Method::DELETE
    }

    /// ccxt's code for an asset, as the exchange's requests name it; another name for what has none.
    fn asset(&self, sent: &str) -> String;

    /// The kinds of orders whose price is the worst that they take.
    fn limit_kinds(&self) -> &'static [&'static str];

    /// What the request would give away at the most.
    fn spends(&self, request: &Request<'_>, purpose: &Purpose<'_>) -> Spends {
        spends::read(self, request, purpose)
    }

    /// The parameters that are new each time that a client sends the same: its time or number, how long that is good, and
    /// the signature.
    fn new_each_time(&self) -> &'static [&'static str];

    /// A digest of what the request asks for, which is the same when a client signs and sends the same again.
    fn digest(&self, request: &Request<'_>, params: &Params<'_>) -> [u8; 32] {
        sameness::digest(request, params, self.new_each_time())
    }

    /// Whether an answer says that the exchange wants to be left alone for a while.
    fn pushback(&self, status: u16, _body: &[u8]) -> Option<Pushback> {
        Pushback::of_status(status)
    }

    /// The request that asks the exchange what the real key may do, signed under this stamp.
    ///
    /// # Errors
    /// The key does not sign, or the stamp lacks the number that the exchange asks for.
    fn introspect(
        &self,
        api_key: &str,
        key: &SigningKey<'_>,
        stamp: Stamp,
    ) -> Result<Introspection, CannotSign>;

    /// Reads the exchange's answer to [`Dialect::introspect`].
    ///
    /// # Errors
    /// The answer does not say what the key may do.
    fn read_introspection(&self, body: &[u8]) -> Result<RealKeyRights, UnreadableRights>;
}

/// Every dialect that this build speaks.
pub static DIALECTS: &[&dyn Dialect] = &[&binance::Binance, &kraken::Kraken];

/// The dialect of this name.
pub fn named(name: &str) -> Option<&'static dyn Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.name() == name)
}
