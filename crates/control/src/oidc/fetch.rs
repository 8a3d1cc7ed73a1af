//! Asking the provider: done by whoever has a way out, which this crate has not.

use std::future::Future;
use std::pin::Pin;

use thiserror::Error;
use zeroize::Zeroizing;

/// What the provider is asked. Without a form it is a GET, with one a POST.
pub struct Question {
    /// Where: behind TLS, or on this very host.
    pub url: String,
    /// The `Authorization` header, which holds the client's secret.
    pub authorization: Option<Zeroizing<String>>,
    /// The form, which holds a code, and perhaps the client's secret.
    pub form: Option<Zeroizing<String>>,
}

/// What it answered.
pub struct Answer {
    /// The status of the answer; a redirection is not followed.
    pub status: u16,
    /// What it says, which may be a token.
    pub body: Zeroizing<Vec<u8>>,
}

/// Why there is no answer. The texts go to operators and hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CannotFetch {
    /// No connection, or one that broke.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("it did not answer in time")]
    Slow,
    /// The answer is longer than any should be.
    #[error("its answer is too long")]
    TooLarge,
}

/// The answer to come.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Answer, CannotFetch>> + Send + 'a>>;

/// Asks a provider: within 10 s, for 256 KiB at most, and without following where it is sent.
pub trait Fetch: Send + Sync {
    /// Asks once.
    fn fetch(&self, question: Question) -> Fetching<'_>;
}
