//! A key and a signature, checked as Binance does (rest-api.md, "Request Security").

use std::net::IpAddr;

use ipnet::IpNet;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::{Caller, Received};
use crate::error::Refusal;
use crate::exchange::Exchange;
use crate::params::Params;

const DEFAULT_WINDOW_MS: u32 = 5_000;
const WIDEST_WINDOW_MS: u32 = 60_000;
/// A timestamp may be this far ahead, not more.
const AHEAD_US: u64 = 1_000_000;
/// From this on a timestamp is in microseconds: as milliseconds it would be in the year 5138.
const MICROSECONDS_FROM: u64 = 100_000_000_000_000;

/// Who signed.
pub(super) fn caller(
    exchange: &Exchange,
    received: &Received<'_>,
    params: &Params,
) -> Result<Caller, Refusal> {
    let api_key = api_key(received)?;
    let signature = params.required("signature")?;
    fresh(params, exchange.now_ms() * 1_000)?;
    let owned = exchange.keys.read().get(api_key).cloned().ok_or(Refusal::KeyNotAllowed)?;
    if !is_allowed(&owned.key.addresses, received.peer) {
        return Err(Refusal::KeyNotAllowed);
    }
    let message = [unsigned(received.query.as_bytes()), unsigned(received.body)].concat();
    owned.key.verifier.verifying_key().verify(&message, signature).map_err(|_| Refusal::BadSignature)?;
    Ok(Caller {
        account: owned.account,
        rights: owned.key.rights,
        ip_restricted: !owned.key.addresses.is_empty(),
        since_ms: owned.since_ms,
    })
}

fn api_key<'r>(received: &Received<'r>) -> Result<&'r str, Refusal> {
    let well_formed =
        |key: &&str| (1..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    let header = received.headers.get("x-mbx-apikey").and_then(|value| value.to_str().ok());
    header.filter(well_formed).ok_or(Refusal::KeyMalformed)
}

/// Whether a key may be used from there.
pub(crate) fn is_allowed(addresses: &[IpNet], peer: IpAddr) -> bool {
    addresses.is_empty() || addresses.iter().any(|net| net.contains(&peer.to_canonical()))
}

/// `timestamp < now + 1 s` and `now - timestamp <= recvWindow`; a window has up to three decimals.
fn fresh(params: &Params, now_us: u64) -> Result<(), Refusal> {
    params.required("timestamp")?;
    let timestamp: u64 = params.number("timestamp")?.ok_or(Refusal::Missing("timestamp"))?;
    let timestamp_us = if timestamp < MICROSECONDS_FROM { timestamp * 1_000 } else { timestamp };
    let window = params.amount("recvWindow")?.unwrap_or(DEFAULT_WINDOW_MS.into());
    if window > WIDEST_WINDOW_MS.into() {
        return Err(Refusal::WindowTooWide);
    }
    if timestamp_us >= now_us + AHEAD_US {
        return Err(Refusal::TimestampAhead);
    }
    let window_us = (window * Decimal::from(1_000)).to_u64().unwrap_or_default();
    if now_us.saturating_sub(timestamp_us) > window_us { Err(Refusal::TimestampOutside) } else { Ok(()) }
}

/// What the signature covers: the parameters as they came, without the signature itself.
fn unsigned(form: &[u8]) -> Vec<u8> {
    let pairs = form.split(|&byte| byte == b'&').filter(|pair| !pair.starts_with(b"signature="));
    pairs.collect::<Vec<_>>().join(&b'&')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_US: u64 = 1_800_000_000_000_000;

    fn check(query: &str, refused: impl Into<Option<Refusal>>) {
        let outcome = fresh(&Params::read(query, b"").unwrap(), NOW_US);
        assert_eq!(outcome.err(), refused.into(), "{query}");
    }

    #[test]
    fn a_request_lives_as_long_as_its_window() {
        check("timestamp=1799999995000", None);
        check("timestamp=1799999994999", Refusal::TimestampOutside);
        check("timestamp=1799999940000&recvWindow=60000", None);
        check("timestamp=1799999999999&recvWindow=0.999", Refusal::TimestampOutside);
    }

    #[test]
    fn a_request_from_the_future_is_refused() {
        check("timestamp=1800000000999", None);
        check("timestamp=1800000001000", Refusal::TimestampAhead);
    }

    #[test]
    fn a_timestamp_may_be_in_microseconds() {
        check("timestamp=1799999995000000", None);
        check("timestamp=1799999994999999", Refusal::TimestampOutside);
    }

    #[test]
    fn a_window_has_a_limit() {
        check("timestamp=1800000000000&recvWindow=60000.001", Refusal::WindowTooWide);
        check("recvWindow=1", Refusal::Missing("timestamp"));
    }

    #[test]
    fn the_signature_does_not_cover_itself() {
        assert_eq!(unsigned(b"a=1&signature=x&b=%20"), b"a=1&b=%20");
        assert_eq!(unsigned(b"signature=x"), b"");
    }
}
