//! Times and durations as operators write them: `90d`, `1h30m`, `never`, or RFC 3339.

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use crate::name::shortened;
use crate::{Code, Error};

/// How long a key lives when nobody says otherwise.
pub(crate) const EXPIRES_DEFAULT: &str = "90d";
/// The word for a key that does not expire.
const NEVER: &str = "never";

/// When a key created now expires; `None` for `never`.
pub(crate) fn expiry(text: &str, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    if text == NEVER {
        return Ok(None);
    }
    let at = later(text, now)?;
    if at > now { Ok(Some(at)) } else { Err(invalid(text, "it is not in the future")) }
}

/// A moment, as RFC 3339 or as a duration from now.
pub(crate) fn later(text: &str, now: Timestamp) -> Result<Timestamp, Error> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    now.checked_add(duration(text)?).map_err(|_| invalid(text, "it is too far away"))
}

/// A duration of zero or more, with days of 24 hours.
pub(crate) fn duration(text: &str) -> Result<SignedDuration, Error> {
    let span: Span = text.parse().map_err(|_| invalid(text, "it is neither a duration nor a time"))?;
    let length = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| invalid(text, "months and years have no fixed length"))?;
    if length.is_negative() { Err(invalid(text, "it lies in the past")) } else { Ok(length) }
}

fn invalid(text: &str, why: &str) -> Error {
    Error::new(Code::TimeInvalid, format!("`{}` is of no use here: {why}", shortened(text)))
        .hint("write a duration like 90d, 12h or 1h30m, or a time like 2026-12-31T00:00:00Z; a key may also expire `never`")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn seconds(text: &str) -> Option<i64> {
        expiry(text, NOW).unwrap().map(Timestamp::as_second)
    }

    #[test]
    fn durations_count_from_now() {
        assert_eq!(seconds("90d"), Some(90 * 86_400));
        assert_eq!(seconds("1h30m"), Some(5_400));
        assert_eq!(seconds("2 weeks"), Some(14 * 86_400));
    }

    #[test]
    fn times_and_never_are_taken_as_written() {
        assert_eq!(seconds("1970-01-02T00:00:00Z"), Some(86_400));
        assert_eq!(seconds("never"), None);
    }

    #[test]
    fn what_is_not_in_the_future_is_refused() {
        for text in ["", "soon", "0s", "-1d", "90", "1mo", "1969-12-31T00:00:00Z", "99999999w", "Never"] {
            assert_eq!(expiry(text, NOW).unwrap_err().code(), Code::TimeInvalid, "{text}");
        }
    }
}
