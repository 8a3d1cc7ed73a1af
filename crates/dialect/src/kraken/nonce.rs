//! Nonces: a client's, which must tell the time, and Keyward's own.
//!
//! Kraken asks only that nonces rise: whatever it took once, it takes no more. Keyward lets many clients use one real key,
//! each with its own clock and unit, so it cannot compare their nonces with each other. It reads each as a time, takes
//! it inside a window of its own, and remembers the signatures of that window instead.

use super::NONCE;
use crate::{Params, Refusal, RefusalKind, SignedClaim};

/// How far a nonce may lie ahead of the clock, exclusive, in microseconds.
const AHEAD_US: u64 = 1_000_000;
/// How old a nonce may be, in microseconds. Kraken itself has no such bound, so its clients do not set their clocks by
/// it; every clock that is set at all is within this.
const WINDOW_US: u64 = 30_000_000;

/// Keyward's nonce for this time: nanoseconds since the Unix epoch, 19 digits until the year 2286. No client in use
/// sends higher ones, so that a key goes on from wherever it was.
pub(super) const fn at(now_us: u64) -> u64 {
    now_us.saturating_mul(1_000)
}

/// Whether an answer is Kraken's refusal of a nonce.
pub(super) fn is_refused(answer: &[u8]) -> bool {
    answer.starts_with(br#"{"error":["EAPI:Invalid nonce""#)
}

/// The nonce, as it is signed, and the time that it tells in microseconds since the Unix epoch.
///
/// # Errors
/// [`RefusalKind::TimestampMissing`].
pub(super) fn read<'p>(params: &'p Params<'_>) -> Result<(&'p str, u64), Refusal> {
    let nonce = params.value(NONCE).and_then(|nonce| Some((nonce, time_us(nonce)?)));
    nonce.ok_or_else(|| Refusal::new(RefusalKind::TimestampMissing, DETAIL))
}

const DETAIL: &str = "signed, but 'nonce' is not the time: send it as 13 digits of milliseconds, 16 of microseconds, \
                      18 of ten nanoseconds or 19 of nanoseconds";

/// For how long a signature is good, in microseconds.
pub(super) const fn window_us() -> u64 {
    WINDOW_US
}

/// ccxt counts milliseconds, python-kraken-sdk hundredths of a microsecond, others microseconds and nanoseconds. The
/// length tells them apart from 2001 to 2286.
fn time_us(nonce: &str) -> Option<u64> {
    let number: u64 = nonce.bytes().all(|byte| byte.is_ascii_digit()).then(|| nonce.parse().ok())??;
    match nonce.len() {
        13 => Some(number * 1_000),
        16 => Some(number),
        18 => Some(number / 100),
        19 => Some(number / 1_000),
        _ => None,
    }
}

/// Applies the window, and says until when the same signature would pass.
///
/// # Errors
/// [`RefusalKind::Ahead`] or [`RefusalKind::Stale`].
pub(super) fn fresh(claim: &SignedClaim<'_>, now_us: u64) -> Result<u64, Refusal> {
    if claim.signed_at_us >= now_us.saturating_add(AHEAD_US) {
        let detail = "the nonce is 1000ms or more ahead of this server's time; set the clock";
        return Err(Refusal::new(RefusalKind::Ahead, detail));
    }
    if now_us.saturating_sub(claim.signed_at_us) > claim.window_us {
        let detail = "the nonce is more than 30 s behind this server's time; set the clock, and sign again";
        return Err(Refusal::new(RefusalKind::Stale, detail));
    }
    Ok(claim.signed_at_us.saturating_add(claim.window_us))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_US: u64 = 1_700_000_000_000_000;

    fn checked(offset_us: i64) -> Result<u64, RefusalKind> {
        let signed_at_us = NOW_US.checked_add_signed(offset_us).unwrap();
        let window_us = WINDOW_US;
        let claim =
            SignedClaim { key: "", message: b""[..].into(), signature: "".into(), signed_at_us, window_us };
        fresh(&claim, NOW_US).map_err(|refusal| refusal.kind)
    }

    #[test]
    fn every_unit_of_a_client_is_the_same_time() {
        let nonces = ["1616492376594", "1616492376594000", "161649237659400000", "1616492376594000000"];
        assert_eq!(nonces.map(time_us), [Some(1_616_492_376_594_000); 4]);
    }

    #[test]
    fn a_nonce_that_is_no_time_is_refused() {
        for nonce in [
            "",
            "1",
            "161649237659",
            "16164923765940",
            "16164923765940000000",
            "+161649237659",
            "1616492376.59",
        ] {
            assert_eq!(time_us(nonce), None, "{nonce}");
        }
    }

    #[test]
    fn the_window_is_inclusive_and_the_second_ahead_is_not() {
        assert_eq!(checked(-30_000_000), Ok(NOW_US));
        assert_eq!(checked(-30_000_001), Err(RefusalKind::Stale));
        assert_eq!(checked(999_999), Ok(NOW_US + 30_999_999));
        assert_eq!(checked(1_000_000), Err(RefusalKind::Ahead));
    }

    #[test]
    fn a_refused_nonce_is_told_from_other_answers() {
        assert!(is_refused(br#"{"error":["EAPI:Invalid nonce"]}"#));
        for other in
            [r#"{"error":[],"result":{}}"#, r#"{"error":["EAPI:Invalid key"]}"#, "EAPI:Invalid nonce", ""]
        {
            assert!(!is_refused(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn keywards_nonces_are_above_every_clients() {
        let ours = at(NOW_US);
        assert_eq!(ours.to_string().len(), 19);
        for theirs in ["1700000000000", "1700000000000000", "170000000000000000", "1700000000000000000"] {
            assert!(ours >= theirs.parse().unwrap(), "{theirs}");
        }
    }
}
