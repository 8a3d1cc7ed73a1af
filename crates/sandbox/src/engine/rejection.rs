//! Why the engine refuses.

use thiserror::Error;

/// Why the engine refuses, in Binance's words (errors.md of its API documents).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Rejection {
    #[error("Invalid symbol.")]
    UnknownSymbol,
    #[error("Filter failure: {0}")]
    Filter(&'static str),
    #[error("Account has insufficient balance for requested action.")]
    InsufficientBalance,
    #[error("Order would immediately match and take.")]
    WouldTake,
    #[error("Duplicate order sent.")]
    Duplicate,
    #[error("Unknown order sent.")]
    NothingToCancel,
    #[error("Order does not exist.")]
    NoSuchOrder,
    #[error("We don't have this asset.")]
    UnknownAsset,
    #[error("You have insufficient balance.")]
    CannotWithdraw,
}
