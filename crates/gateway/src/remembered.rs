//! What a gateway leaves to the process that takes its place.

use serde::{Deserialize, Serialize};

use crate::carry::micros;
use crate::gateway::{Gateway, NotBefore};
use crate::replay::{Carried, Signatures};

/// Which meaning the fields have. What a signature's number is made of is a part of it: see `carry/verify.rs`.
const FORMAT: u32 = 1;
/// A text whose number both processes must agree on, or they would know signatures by different numbers.
const PROBE: &str = "a signature";

/// What was accepted lately, and before which time nothing is. It holds no secret of a key.
#[derive(Serialize, Deserialize)]
pub struct Remembered {
    format: u32,
    /// The number of [`PROBE`], its upper and its lower half.
    probe: (u64, u64),
    pub(crate) signatures: Signatures,
    pub(crate) not_before: NotBefore,
    pub(crate) accepted: Carried,
}

impl Remembered {
    /// Whether this process knows signatures by the same numbers as the one that left it. Another version may not.
    pub(crate) fn is_understood(&self) -> bool {
        self.format == FORMAT && self.probe == probe(&self.signatures)
    }
}

impl Gateway {
    /// What the next process has to know so that it need not refuse what was signed before it started. Ask when nothing
    /// is served any more.
    pub fn remembered(&self) -> Remembered {
        let now_s = micros(self.clock.now()) / 1_000_000;
        let (signatures, not_before) = (self.signatures, self.not_before);
        let accepted = self.replay.carried(now_s.saturating_sub(1));
        Remembered { format: FORMAT, probe: probe(&signatures), signatures, not_before, accepted }
    }
}

fn probe(signatures: &Signatures) -> (u64, u64) {
    let number = signatures.number((PROBE, PROBE.as_bytes()));
    ((number >> 64) as u64, number as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(format: u32, probe: (u64, u64)) -> bool {
        let text = serde_json::json!({
            "format": format, "probe": probe, "signatures": {"high": 1, "low": 2},
            "not_before": {"start_us": 0, "recorded_us": 0}, "accepted": {"uses": [], "forgotten": []},
        });
        serde_json::from_value::<Remembered>(text).unwrap().is_understood()
    }

    #[test]
    fn what_another_version_counts_otherwise_is_not_believed() {
        let right = probe(&serde_json::from_str(r#"{"high": 1, "low": 2}"#).unwrap());
        assert!(left(FORMAT, right));
        assert!(!left(FORMAT + 1, right));
        assert!(!left(FORMAT, (right.0, !right.1)));
    }
}
