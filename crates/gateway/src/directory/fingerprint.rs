//! Fingerprints: 128 bits that stand for a longer text, by a secret of this process.
//!
//! Two texts of one fingerprint are never met by chance, and without the secret nobody can look for them. Nothing would
//! be gained by one either: who presents it must still sign with the secret of the key that is found.

use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};

/// What stands for a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    high: u64,
    low: u64,
}

/// Makes fingerprints: `SipHash` under two random keys.
#[derive(Default)]
pub(crate) struct Fingerprints {
    high: RandomState,
    low: RandomState,
}

/// Takes the hash that a fingerprint is already.
#[derive(Default)]
pub(crate) struct Ready(u64);

/// For maps whose keys are fingerprints.
pub(crate) type BuildReady = BuildHasherDefault<Ready>;

impl Fingerprints {
    /// The fingerprint of a text, or of several.
    pub(crate) fn of(&self, text: impl Hash + Copy) -> Fingerprint {
        Fingerprint { high: self.high.hash_one(text), low: self.low.hash_one(text) }
    }
}

impl Hash for Fingerprint {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.low);
    }
}

impl Hasher for Ready {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Only fingerprints are hashed; whatever else comes is mixed in, badly but soundly.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_fingerprint_and_another_text_another() {
        let fingerprints = Fingerprints::default();
        let [one, again, other] = ["kwk1", "kwk1", "kwk2"].map(|text| fingerprints.of(text));
        assert_eq!(one, again);
        assert!(one.high != other.high && one.low != other.low && one.high != one.low);
    }

    #[test]
    fn another_process_has_other_fingerprints() {
        let [one, other] = [(); 2].map(|()| Fingerprints::default().of("kwk1"));
        assert_ne!(one, other);
    }
}
