//! Binance: signature as a parameter.

use crate::*;

/// The dialect of Binance's REST APIs.
pub struct Binance;

impl Dialect for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }
    fn families(&self) -> &'static [(&'static str, &'static str)] {
        &[("api", "https://api.binance.com")]
    }
    fn family(&self, _path: &str) -> &'static str {
        "api"
    }
    fn parse<'r>(&self, _request: &Request<'r>) -> Result<Params<'r>, Refusal> {
        Ok(Params::default())
    }
    fn claim<'r>(&self, _request: &Request<'r>, _params: &Params<'r>) -> Result<Claim<'r>, Refusal> {
        Ok(Claim::Anonymous)
    }
    fn fresh(&self, _claim: &SignedClaim<'_>, now_us: u64) -> Result<u64, Refusal> {
        Ok(now_us)
    }
    fn classify<'r>(&self, _request: &Request<'r>, _params: &Params<'r>) -> Result<Purpose<'r>, Refusal> {
        Err(Refusal::new(RefusalKind::EndpointUnknown, "unknown"))
    }
    fn market(&self, _symbol: &str) -> Option<String> {
        None
    }
    fn resign(
        &self,
        _request: &Request<'_>,
        _params: &Params<'_>,
        _api_key: &str,
        _key: &SigningKey<'_>,
        _now_us: u64,
    ) -> Result<Outgoing, CannotSign> {
        Err(CannotSign)
    }
    fn strip(&self, request: &Request<'_>, _params: &Params<'_>) -> Outgoing {
        Outgoing { target: request.path.to_owned(), set: vec![], remove: &[], body: vec![] }
    }
    fn deny(&self, denial: &Denial<'_>) -> Answer {
        Answer { status: 400, body: denial.detail.to_owned() }
    }
    fn introspection(&self) -> (&'static str, &'static str) {
        ("GET", "/sapi/v1/account/apiRestrictions")
    }
}
