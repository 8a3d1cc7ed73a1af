//! Kraken Spot: the signature is a header, over the path and a digest of nonce and body.
//!
//! Sources: Kraken's "Spot REST authentication" (the message, the nonce), its pages of each endpoint and of the
//! permissions of keys, ccxt 4.5.90 and python-kraken-sdk 3.5.1 (what clients send). What each refusal does to a client
//! is in `docs/dialects/kraken.md`.

use http::HeaderName;

use crate::{
    Answer, CannotSign, Claim, Denial, Dialect, HmacScheme, Introspection, KeyKind, MarketType, Needs,
    Outgoing, Params, Purpose, RealKeyRights, Refusal, Request, SignedClaim, SigningKey, Stamp,
    UnreadableRights,
};

mod batch;
mod claim;
mod deny;
mod endpoints;
mod facts;
mod introspect;
mod json;
mod market;
mod nonce;
mod order;
mod parse;
mod resign;

/// What Kraken reads: how to answer, how the body is written, and who asks; it refuses requests without a user agent.
const HEADERS: &[&str] = &["accept", "accept-encoding", "content-type", "user-agent"];

/// The dialect of Kraken's Spot REST API.
pub struct Kraken;

/// The header that carries the key.
const KEY_HEADER: HeaderName = HeaderName::from_static("api-key");
/// The header that carries the signature.
const SIGN_HEADER: HeaderName = HeaderName::from_static("api-sign");
/// The parameter that numbers a request, in the body.
const NONCE: &str = "nonce";

/// Whether a path is one that Kraken asks a signature for.
fn is_private(path: &str) -> bool {
    path.starts_with("/0/private/")
}

impl Dialect for Kraken {
    fn name(&self) -> &'static str {
        "kraken"
    }

    fn families(&self) -> &'static [(&'static str, &'static str)] {
        &[("api", "https://api.kraken.com")]
    }

    fn family(&self, _path: &str) -> &'static str {
        "api"
    }

    fn headers(&self) -> &'static [&'static str] {
        HEADERS
    }

    fn key_header(&self) -> HeaderName {
        KEY_HEADER
    }

    fn key_kinds(&self) -> &'static [KeyKind] {
        &[KeyKind::Hmac]
    }

    fn hmac(&self) -> HmacScheme {
        HmacScheme::Sha512
    }

    fn nonce_at(&self, now_us: u64) -> Option<u64> {
        Some(nonce::at(now_us))
    }

    fn refuses_nonce(&self, answer: &[u8]) -> bool {
        nonce::is_refused(answer)
    }

    fn parse<'r>(&self, request: &Request<'r>) -> Result<Params<'r>, Refusal> {
        parse::parse(request)
    }

    fn claim<'r>(&self, request: &Request<'r>, params: &Params<'r>) -> Result<Claim<'r>, Refusal> {
        claim::claim(request, params)
    }

    fn fresh(&self, claim: &SignedClaim<'_>, now_us: u64) -> Result<u64, Refusal> {
        nonce::fresh(claim, now_us)
    }

    fn classify<'r>(&self, request: &Request<'r>, params: &Params<'r>) -> Result<Purpose<'r>, Refusal> {
        let endpoint = endpoints::find(request)?;
        let read = endpoint.shape.read(params)?;
        let needs = if read.on_margin { Needs::Trade(MarketType::Margin) } else { endpoint.needs };
        Ok(Purpose { needs, security: endpoint.security, markets: read.markets, facts: read.facts })
    }

    fn market(&self, symbol: &str) -> Option<String> {
        market::of_ccxt(symbol)
    }

    fn symbol(&self, market: &str) -> Option<String> {
        market::to_ccxt(market)
    }

    fn cancels_name_markets(&self) -> bool {
        false
    }

    fn cancels(&self, request: &Request<'_>) -> bool {
        let cancels = ["/0/private/CancelOrder", "/0/private/CancelOrderBatch", "/0/private/CancelAll"];
        cancels.contains(&request.path)
    }

    fn asset(&self, sent: &str) -> String {
        market::code_of(sent).to_owned()
    }

    fn limit_kinds(&self) -> &'static [&'static str] {
        &["limit", "iceberg", "stop-loss-limit", "take-profit-limit", "trailing-stop-limit"]
    }

    /// `deadline` is when the exchange itself gives the request up.
    fn new_each_time(&self) -> &'static [&'static str] {
        &[NONCE, "deadline"]
    }

    fn resign(
        &self,
        request: &Request<'_>,
        params: &Params<'_>,
        api_key: &str,
        key: &SigningKey<'_>,
        stamp: Stamp,
    ) -> Result<Outgoing, CannotSign> {
        resign::resign(request, params, api_key, key, stamp)
    }

    fn strip(&self, request: &Request<'_>, _params: &Params<'_>) -> Outgoing {
        resign::strip(request)
    }

    fn deny(&self, denial: &Denial<'_>) -> Answer {
        deny::answer(denial)
    }

    fn introspect(
        &self,
        api_key: &str,
        key: &SigningKey<'_>,
        stamp: Stamp,
    ) -> Result<Introspection, CannotSign> {
        introspect::ask(api_key, key, stamp)
    }

    fn read_introspection(&self, body: &[u8]) -> Result<RealKeyRights, UnreadableRights> {
        introspect::read(body)
    }
}
