//! What the host lends to the product: its clock and its randomness. Nowhere else does the product ask for either.

use jiff::Timestamp;
use keyward_policy::{Clock, Entropy};

/// The system's wall clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the composition root owns the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's cryptographic randomness.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// Ends the process when the system has no randomness: every key made without it could be guessed, and no caller
    /// could do anything sensible instead.
    #[expect(clippy::disallowed_methods, reason = "the composition root owns the source of randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the operating system gives no randomness; stopping");
            std::process::abort();
        }
    }
}
