//! Refusals, with the one mapping to Binance's status, code and message.

use http::StatusCode;
use serde_json::Value;
use thiserror::Error;

use crate::engine::Rejection;

/// Why a request is refused. Texts are Binance's own (errors.md of its API documents), because clients match on them.
#[derive(Clone, Debug, PartialEq, Error)]
pub(crate) enum Refusal {
    #[error(
        "Too much request weight used; current limit is {limit} request weight per 1 MINUTE. \
         Please use WebSocket Streams for live updates to avoid polling the API."
    )]
    TooMuchWeight { limit: u32, retry_after_s: u64 },
    #[error(
        "Way too much request weight used; IP banned until {until_ms}. \
         Please use WebSocket Streams for live updates to avoid bans."
    )]
    Banned { until_ms: u64, retry_after_s: u64 },
    #[error("Too many new orders; current limit is {0} orders per 10 SECOND.")]
    TooManyOrders(u32),
    #[error("Internal error; unable to process your request. Please try again.")]
    Internal(StatusCode),
    #[error("Timestamp for this request is outside of the recvWindow.")]
    TimestampOutside,
    #[error("Timestamp for this request was 1000ms ahead of the server's time.")]
    TimestampAhead,
    #[error("Signature for this request is not valid.")]
    BadSignature,
    #[error("Illegal characters found in parameter '{0}'; legal range is '{1}'.")]
    IllegalCharacters(&'static str, &'static str),
    #[error("Duplicate values for a parameter detected.")]
    DuplicateParameter,
    #[error("Mandatory parameter '{0}' was not sent, was empty/null, or malformed.")]
    Missing(&'static str),
    #[error("Param '{0}' or '{1}' must be sent, but both were empty/null!")]
    BothMissing(&'static str, &'static str),
    #[error("Parameter '{0}' sent when not required.")]
    NotRequired(&'static str),
    #[error("Parameter '{0}' has too much precision.")]
    TooPrecise(&'static str),
    #[error("Invalid timeInForce.")]
    BadTimeInForce,
    #[error("Invalid orderType.")]
    BadOrderType,
    #[error("Invalid side.")]
    BadSide,
    #[error("Invalid interval.")]
    BadInterval,
    #[error("Data sent for parameter '{0}' is not valid.")]
    BadData(&'static str),
    #[error("recvWindow must be less than 60000.")]
    WindowTooWide,
    #[error("API-key format invalid.")]
    KeyMalformed,
    #[error("Invalid API-key, IP, or permissions for action.")]
    KeyNotAllowed,
    #[error("Order cancel-replace {}failed.", if *.partially { "partially " } else { "" })]
    CancelReplace { partially: bool, data: Value },
    #[error("Illegal address.")]
    BadAddress,
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

impl Refusal {
    /// Binance's number for it.
    pub(crate) fn code(&self) -> i32 {
        match self {
            Self::Internal(_) => -1001,
            Self::TooMuchWeight { .. } | Self::Banned { .. } => -1003,
            Self::TooManyOrders(_) => -1015,
            Self::TimestampOutside | Self::TimestampAhead => -1021,
            Self::BadSignature => -1022,
            Self::IllegalCharacters(..) => -1100,
            Self::DuplicateParameter => -1101,
            Self::Missing(_) | Self::BothMissing(..) => -1102,
            Self::NotRequired(_) => -1106,
            Self::TooPrecise(_) => -1111,
            Self::BadTimeInForce => -1115,
            Self::BadOrderType => -1116,
            Self::BadSide => -1117,
            Self::BadInterval => -1120,
            Self::BadData(_) => -1130,
            Self::WindowTooWide => -1131,
            Self::KeyMalformed => -2014,
            Self::KeyNotAllowed => -2015,
            Self::CancelReplace { partially: true, .. } => -2021,
            Self::CancelReplace { partially: false, .. } => -2022,
            Self::BadAddress => -4033,
            Self::Rejected(rejection) => code_of(*rejection),
        }
    }

    /// The HTTP status that comes with it.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::TooMuchWeight { .. } | Self::TooManyOrders(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Banned { .. } => StatusCode::IM_A_TEAPOT,
            Self::Internal(status) => *status,
            Self::KeyMalformed | Self::KeyNotAllowed => StatusCode::UNAUTHORIZED,
            Self::CancelReplace { partially: true, .. } => StatusCode::CONFLICT,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// When to come again, in seconds, where that is known.
    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::TooMuchWeight { retry_after_s, .. } | Self::Banned { retry_after_s, .. } => {
                Some(*retry_after_s)
            }
            _ => None,
        }
    }
}

/// Binance's number for what the engine refuses.
fn code_of(rejection: Rejection) -> i32 {
    match rejection {
        Rejection::Filter(_) => -1013,
        Rejection::UnknownSymbol => -1121,
        Rejection::InsufficientBalance | Rejection::WouldTake | Rejection::Duplicate => -2010,
        Rejection::NothingToCancel => -2011,
        Rejection::NoSuchOrder => -2013,
        Rejection::UnknownAsset => -4018,
        Rejection::CannotWithdraw => -4026,
    }
}
