//! Binance's timing rule: `timestamp < server + 1 s && server - timestamp <= recvWindow`.

use super::{TIMESTAMP, WINDOW};
use crate::{Params, Refusal, RefusalKind, SignedClaim};

/// How far a timestamp may lie ahead of the server's time, exclusive, in microseconds.
const AHEAD_US: u64 = 1_000_000;
/// The window of a request that does not ask for one, in microseconds.
const WINDOW_DEFAULT_US: u64 = 5_000_000;
/// The widest window, in microseconds.
const WINDOW_MAX_US: u64 = 60_000_000;

/// A time in the unit that the client chose; Binance takes both, and tells them apart by their length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientTime {
    /// Milliseconds since the Unix epoch: 13 digits.
    Millis(u64),
    /// Microseconds since the Unix epoch: 16 digits.
    Micros(u64),
}

impl ClientTime {
    fn read(text: &str) -> Option<Self> {
        let number = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())??;
        match text.len() {
            13 => Some(Self::Millis(number)),
            16 => Some(Self::Micros(number)),
            _ => None,
        }
    }

    /// The time in microseconds.
    pub(super) const fn micros(self) -> u64 {
        match self {
            Self::Millis(millis) => millis * 1_000,
            Self::Micros(micros) => micros,
        }
    }

    /// Another time in the same unit, as Binance writes it.
    pub(super) fn again_at(self, now_us: u64) -> String {
        match self {
            Self::Millis(_) => (now_us / 1_000).to_string(),
            Self::Micros(_) => now_us.to_string(),
        }
    }
}

/// When a request says that it was signed.
///
/// # Errors
/// [`RefusalKind::TimestampMissing`].
pub(super) fn signed_at(params: &Params<'_>) -> Result<ClientTime, Refusal> {
    params.value(TIMESTAMP).and_then(ClientTime::read).ok_or_else(|| {
        let detail = "signed, but 'timestamp' is not 13 digits of milliseconds or 16 of microseconds";
        Refusal::new(RefusalKind::TimestampMissing, detail)
    })
}

/// For how long a request asks to be good, in microseconds.
///
/// # Errors
/// [`RefusalKind::Malformed`], unless it is a number of milliseconds with three decimals at most.
pub(super) fn width_us(params: &Params<'_>) -> Result<u64, Refusal> {
    let Some(text) = params.value(WINDOW) else { return Ok(WINDOW_DEFAULT_US) };
    read_width_us(text).ok_or_else(|| {
        let detail = "'recvWindow' is not a number of milliseconds with three decimals at most";
        Refusal::new(RefusalKind::Malformed, detail)
    })
}

fn read_width_us(text: &str) -> Option<u64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str, max| (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(whole, 9) && digits(decimals, 3)).then_some(())?;
    let micros: u64 = format!("{decimals:0<3}").parse().ok()?;
    Some(whole.parse::<u64>().ok()? * 1_000 + micros)
}

/// Applies the rule, and says until when the same signature would pass.
///
/// # Errors
/// [`RefusalKind::WindowTooWide`], [`RefusalKind::Ahead`] or [`RefusalKind::Stale`].
pub(super) fn fresh(claim: &SignedClaim<'_>, now_us: u64) -> Result<u64, Refusal> {
    let (signed_at, window) = (claim.signed_at_us, claim.window_us);
    let refuse = |kind, detail: &str| Err(Refusal::new(kind, detail));
    if window > WINDOW_MAX_US {
        return refuse(RefusalKind::WindowTooWide, "'recvWindow' must not be more than 60000 milliseconds");
    }
    if signed_at >= now_us.saturating_add(AHEAD_US) {
        return refuse(
            RefusalKind::Ahead,
            "the request was signed 1000ms or more ahead of this server's time; set the clock",
        );
    }
    if now_us.saturating_sub(signed_at) > window {
        return refuse(
            RefusalKind::Stale,
            "the request is older than its recvWindow; sign it again, and check the clock",
        );
    }
    Ok(signed_at.saturating_add(window))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_US: u64 = 1_700_000_000_000_000;

    fn checked(offset_us: i64, window_us: u64) -> Result<u64, RefusalKind> {
        let signed_at_us = NOW_US.checked_add_signed(offset_us).unwrap();
        let claim =
            SignedClaim { key: "", message: b""[..].into(), signature: "".into(), signed_at_us, window_us };
        fresh(&claim, NOW_US).map_err(|refusal| refusal.kind)
    }

    #[test]
    fn the_window_is_inclusive_and_the_second_ahead_is_not() {
        assert_eq!(checked(-5_000_000, 5_000_000), Ok(NOW_US));
        assert_eq!(checked(-5_000_001, 5_000_000), Err(RefusalKind::Stale));
        assert_eq!(checked(999_999, 5_000_000), Ok(NOW_US + 5_999_999));
        assert_eq!(checked(1_000_000, 5_000_000), Err(RefusalKind::Ahead));
    }

    #[test]
    fn no_window_is_wider_than_a_minute() {
        assert!(checked(0, 60_000_000).is_ok());
        assert_eq!(checked(0, 60_000_001), Err(RefusalKind::WindowTooWide));
    }

    #[test]
    fn both_units_are_read_and_written_back_in_kind() {
        let millis = ClientTime::read("1499827319559").unwrap();
        let micros = ClientTime::read("1499827319559001").unwrap();
        assert_eq!((millis.micros(), micros.micros()), (1_499_827_319_559_000, 1_499_827_319_559_001));
        assert_eq!(millis.again_at(NOW_US), "1700000000000");
        assert_eq!(micros.again_at(NOW_US), "1700000000000000");
    }

    #[test]
    fn other_times_are_not_read() {
        for text in ["", "149982731955", "14998273195590", "1499827319.59", "+499827319559", "-499827319559"]
        {
            assert_eq!(ClientTime::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_window_has_three_decimals_at_most() {
        let read = ["5000", "0", "5000.5", "5000.125", "60000.000"].map(read_width_us);
        assert_eq!(read, [Some(5_000_000), Some(0), Some(5_000_500), Some(5_000_125), Some(60_000_000)]);
        for text in ["", ".5", "5.", "5.1234", "-1", "1e3", "5,0", " 5", "9999999999"] {
            assert_eq!(read_width_us(text), None, "{text}");
        }
    }
}
