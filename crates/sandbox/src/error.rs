//! Refusals, with the one mapping to Binance's status, code and message.

use http::StatusCode;
use thiserror::Error;

/// Why a request is refused. Texts are Binance's own (errors.md of its API documents), because clients match on them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error(
        "Too much request weight used; current limit is {0} request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API."
    )]
    TooMuchWeight(u32, RetryAfter),
    #[error("Timestamp for this request is outside of the recvWindow.")]
    TimestampOutside,
    #[error("Timestamp for this request was 1000ms ahead of the server's time.")]
    TimestampAhead,
    #[error("Signature for this request is not valid.")]
    BadSignature,
    #[error("Illegal characters found in parameter '{0}'; legal range is '{1}'.")]
    IllegalCharacters(&'static str, &'static str),
    #[error("Duplicate values for parameter '{0}'.")]
    Duplicate(String),
    #[error("Mandatory parameter '{0}' was not sent, was empty/null, or malformed.")]
    Missing(&'static str),
    #[error("Parameter 'recvWindow' must be less than or equal to 60000.")]
    WindowTooWide,
    #[error("API-key format invalid.")]
    KeyMalformed,
    #[error("Invalid API-key, IP, or permissions for action.")]
    KeyNotAllowed,
}

/// When to come again, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RetryAfter(pub(crate) u64);

impl Refusal {
    /// Binance's number for it.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::TooMuchWeight(..) => -1003,
            Self::TimestampOutside | Self::TimestampAhead => -1021,
            Self::BadSignature => -1022,
            Self::IllegalCharacters(..) => -1100,
            Self::Duplicate(_) => -1101,
            Self::Missing(_) => -1102,
            Self::WindowTooWide => -1131,
            Self::KeyMalformed => -2014,
            Self::KeyNotAllowed => -2015,
        }
    }

    /// The HTTP status that comes with it.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::TooMuchWeight(..) => StatusCode::TOO_MANY_REQUESTS,
            Self::KeyMalformed | Self::KeyNotAllowed => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// When to come again, where that is known.
    pub(crate) fn retry_after(&self) -> Option<RetryAfter> {
        match self {
            Self::TooMuchWeight(_, retry_after) => Some(*retry_after),
            _ => None,
        }
    }
}
