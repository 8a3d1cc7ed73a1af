//! What the host lends to the product: a clock and randomness. Only the composition root implements these.

use jiff::Timestamp;

/// Wall-clock time.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// Cryptographically strong randomness.
pub trait Entropy: Send + Sync {
    /// Overwrites all of `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}
