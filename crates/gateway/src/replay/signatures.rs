//! What stands for a signature in the replay guard: 128 bits, by a secret that goes from a process to the one that takes
//! its place, so that both know a signature by the same number.

use std::hash::{BuildHasher, Hash};

use foldhash::quality::FixedState;
use keyward_policy::Entropy;
use serde::{Deserialize, Serialize};

/// Makes them. Who knows no secret cannot look for two of one number; the worst that two do is a refusal.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Signatures {
    high: u64,
    low: u64,
}

impl Signatures {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let (mut high, mut low) = ([0; 8], [0; 8]);
        entropy.fill(&mut high);
        entropy.fill(&mut low);
        Self { high: u64::from_ne_bytes(high), low: u64::from_ne_bytes(low) }
    }

    /// The number of a signature, or of what stands for it.
    pub(crate) fn number(&self, text: impl Hash + Copy) -> u128 {
        let half = |seed| u128::from(FixedState::with_seed(seed).hash_one(text));
        half(self.high) << 64 | half(self.low)
    }
}
