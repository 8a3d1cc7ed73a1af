//! A request as a dialect sees it, the request that leaves, and why one cannot be read.

use http::{HeaderMap, HeaderName, Method};

/// A request as it was received, after the gateway took its own prefix off the path.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The method.
    pub method: &'r Method,
    /// The exchange's own path, wire form, without the query.
    pub path: &'r str,
    /// What follows the question mark, wire form; empty when there is none.
    pub query: &'r str,
    /// The headers.
    pub headers: &'r HeaderMap,
    /// The whole body.
    pub body: &'r [u8],
}

/// Longest path and query: what most servers take, and far more than any captured request has.
const TARGET_MAX: usize = 8 * 1024;
/// Longest body: room for the largest batch of orders many times over.
pub(crate) const BODY_MAX: usize = 64 * 1024;

impl Request<'_> {
    /// Whether the request is longer than any that an exchange takes.
    ///
    /// # Errors
    /// [`RefusalKind::TooLarge`].
    pub(crate) fn check_lengths(&self) -> Result<(), Refusal> {
        let too_large = |what, max| {
            Err(Refusal::new(RefusalKind::TooLarge, format!("{what} is longer than {max} bytes")))
        };
        if self.path.len() + 1 + self.query.len() > TARGET_MAX {
            return too_large("the path with its query", TARGET_MAX);
        }
        if self.body.len() > BODY_MAX {
            return too_large("the body", BODY_MAX);
        }
        Ok(())
    }
}

/// A request ready to leave. The method stays that of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Path and query, wire form.
    pub target: String,
    /// Headers to set. Of the client's own only those leave that [`crate::Dialect::headers`] names.
    pub set: Vec<(HeaderName, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// What kind of thing is wrong with a request, before any policy is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// A path, encoding, content type or parameter that the exchange does not have.
    Malformed,
    /// Longer than any request of the exchange.
    TooLarge,
    /// The same parameter twice.
    Duplicate,
    /// A parameter that can be read in more than one way.
    Ambiguous,
    /// A body, or a query, that no signature covers.
    BodyUncovered,
    /// An endpoint that the dialect does not know.
    EndpointUnknown,
    /// No key where one is needed.
    KeyMissing,
    /// No signature where one is needed.
    SignatureMissing,
    /// A signature in a form that no key of the exchange makes.
    SignatureInvalid,
    /// No readable time.
    TimestampMissing,
    /// Older than the window.
    Stale,
    /// Too far in the future.
    Ahead,
    /// A window wider than the exchange allows.
    WindowTooWide,
}

/// Why a request cannot be read: the caller's fault. `detail` never repeats a secret or a signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// What kind of thing is wrong.
    pub kind: RefusalKind,
    /// What is wrong and what to do, in a sentence.
    pub detail: String,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(kind: RefusalKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}
