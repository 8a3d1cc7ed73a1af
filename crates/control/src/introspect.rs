//! Asking an exchange what a real key may do: done by whoever has a way out, which this crate has not.

use std::future::Future;
use std::pin::Pin;

use keyward_dialect::RealKeyRights;
use keyward_policy::{Credential, Venue};
use thiserror::Error;

/// Why an exchange did not say what a real key may do. The texts go to operators and hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CannotAsk {
    /// No answer.
    #[error("the exchange could not be asked: {0}")]
    Unreachable(String),
    /// The real key's requests go one after the other, and this one's turn did not come.
    #[error("{0}")]
    Busy(String),
    /// An answer that is a refusal, or that nobody can read.
    #[error("{0}")]
    Refused(String),
}

/// The answer to come.
pub type Asked<'a> = Pin<Box<dyn Future<Output = Result<RealKeyRights, CannotAsk>> + Send + 'a>>;

/// Asks exchanges about real keys.
pub trait Introspect: Send + Sync {
    /// What the exchange lets this credential do. The vault is unsealed when this is called.
    fn rights(&self, venue: Venue, credential: Credential) -> Asked<'_>;
}
