//! Binance: the signature is a parameter.
//!
//! Sources: Binance's "REST API general information" (request security, timing security) for Spot, and the same pages of
//! USDⓈ-M, COIN-M, options and portfolio margin, which agree. What each refusal does to a client is in
//! `docs/dialects/binance.md`.

use http::HeaderName;

use crate::{
    Answer, CannotSign, Claim, Denial, Dialect, HmacScheme, Introspection, KeyKind, Outgoing, Params,
    Purpose, Pushback, RealKeyRights, Refusal, Request, SignedClaim, SigningKey, Stamp, UnreadableRights,
};

mod batch;
mod claim;
mod deny;
mod endpoints;
mod facts;
mod family;
mod introspect;
mod market;
mod parse;
mod pushback;
mod resign;
mod window;

/// What Binance reads: how to answer, how the body is written, and in which unit to tell times
/// (`rest-api.md`, "General API Information"); the client's own name, which Binance asks clients to give.
const HEADERS: &[&str] = &["accept", "accept-encoding", "content-type", "user-agent", "x-mbx-time-unit"];

/// The dialect of Binance's REST APIs.
pub struct Binance;

/// The header that carries the key.
const KEY_HEADER: HeaderName = HeaderName::from_static("x-mbx-apikey");
/// The parameter that carries the signature, in the query or in the body.
const SIGNATURE: &str = "signature";
/// The parameter that says when a request was signed.
const TIMESTAMP: &str = "timestamp";
/// The parameter that says for how long a request is good.
const WINDOW: &str = "recvWindow";

impl Dialect for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }

    fn families(&self) -> &'static [(&'static str, &'static str)] {
        family::FAMILIES
    }

    fn family(&self, path: &str) -> &'static str {
        family::of(path)
    }

    fn headers(&self) -> &'static [&'static str] {
        HEADERS
    }

    fn key_header(&self) -> HeaderName {
        KEY_HEADER
    }

    fn key_kinds(&self) -> &'static [KeyKind] {
        &[KeyKind::Hmac, KeyKind::Ed25519, KeyKind::Rsa]
    }

    fn hmac(&self) -> HmacScheme {
        HmacScheme::Sha256
    }

    fn nonce_at(&self, _now_us: u64) -> Option<u64> {
        None
    }

    fn parse<'r>(&self, request: &Request<'r>) -> Result<Params<'r>, Refusal> {
        parse::parse(request)
    }

    fn claim<'r>(&self, request: &Request<'r>, params: &Params<'r>) -> Result<Claim<'r>, Refusal> {
        claim::claim(request, params)
    }

    fn fresh(&self, claim: &SignedClaim<'_>, now_us: u64) -> Result<u64, Refusal> {
        window::fresh(claim, now_us)
    }

    fn classify<'r>(&self, request: &Request<'r>, params: &Params<'r>) -> Result<Purpose<'r>, Refusal> {
        let endpoint = endpoints::find(request)?;
        let (markets, facts) = endpoint.shape.read(request, params)?;
        Ok(Purpose { needs: endpoint.needs, security: endpoint.security, markets, facts })
    }

    fn market(&self, symbol: &str) -> Option<String> {
        market::of_ccxt(symbol)
    }

    fn symbol(&self, market: &str) -> Option<String> {
        market::to_ccxt(market)
    }

    fn cancels_name_markets(&self) -> bool {
        true
    }

    fn asset(&self, sent: &str) -> String {
        sent.to_owned()
    }

    /// `STOP` and `TAKE_PROFIT` are left out: what they mean depends on the host.
    fn limit_kinds(&self) -> &'static [&'static str] {
        &["LIMIT", "LIMIT_MAKER", "STOP_LOSS_LIMIT", "TAKE_PROFIT_LIMIT"]
    }

    fn new_each_time(&self) -> &'static [&'static str] {
        &[SIGNATURE, TIMESTAMP, WINDOW]
    }

    fn resign(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        api_key: &str,
        key: &SigningKey<'_>,
        stamp: Stamp,
    ) -> Result<Outgoing, CannotSign> {
        resign::resign(request, params, api_key, key, stamp.now_us)
    }

    fn strip(&self, request: &Request<'_>, params: &Params<'_>) -> Outgoing {
        resign::strip(request, params)
    }

    fn deny(&self, denial: &Denial<'_>) -> Answer {
        deny::answer(denial)
    }

    fn pushback(&self, status: u16, body: &[u8]) -> Option<Pushback> {
        pushback::read(status, body)
    }

    fn introspect(
        &self,
        api_key: &str,
        key: &SigningKey<'_>,
        stamp: Stamp,
    ) -> Result<Introspection, CannotSign> {
        introspect::ask(api_key, key, stamp.now_us)
    }

    fn read_introspection(&self, body: &[u8]) -> Result<RealKeyRights, UnreadableRights> {
        introspect::read(body)
    }
}
