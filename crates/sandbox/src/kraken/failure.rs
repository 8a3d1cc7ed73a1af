//! Refusals in Kraken's words, because clients match on them.

use thiserror::Error;

use crate::engine::Rejection;
use crate::error::Refusal;

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub(crate) struct Failure(pub(super) String);

impl Failure {
    pub(super) fn new(words: &str) -> Self {
        Self(words.to_owned())
    }

    /// A parameter that is missing or cannot be read.
    pub(super) fn argument(name: &str) -> Self {
        Self(format!("EGeneral:Invalid arguments:{name}"))
    }
}

/// Parameters are read as for Binance; which of them is wrong is not told.
impl From<Refusal> for Failure {
    fn from(_: Refusal) -> Self {
        Self::new("EGeneral:Invalid arguments")
    }
}

impl From<Rejection> for Failure {
    fn from(rejection: Rejection) -> Self {
        Self::new(match rejection {
            Rejection::UnknownSymbol => "EQuery:Unknown asset pair",
            Rejection::Filter("PRICE_FILTER") => "EOrder:Invalid price",
            Rejection::Filter("NOTIONAL") => "EOrder:Cost minimum not met",
            Rejection::Filter("MAX_NUM_ORDERS") => "EOrder:Orders limit exceeded",
            Rejection::Filter(_) => "EOrder:Order minimum not met",
            Rejection::InsufficientBalance => "EOrder:Insufficient funds",
            Rejection::WouldTake => "EOrder:Post only order",
            Rejection::Duplicate => "EGeneral:Invalid arguments:cl_ord_id",
            Rejection::NothingToCancel | Rejection::NoSuchOrder => "EOrder:Unknown order",
            Rejection::UnknownAsset => "EFunding:Unknown asset",
            Rejection::CannotWithdraw => "EFunding:Insufficient funds",
        })
    }
}
