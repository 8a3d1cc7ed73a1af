//! Origins: in the pages of which some publishable key of a venue works. A browser asks before it sends the key.

use keyward_policy::VenueId;
use papaya::HashMap as Shared;

use super::Rules;
use super::fingerprint::{BuildReady, Fingerprint, Fingerprints};

/// How many keys work in the pages of each origin, venue by venue. It is changed by one at a time.
#[derive(Default)]
pub(super) struct Origins {
    fingerprints: Fingerprints,
    counts: Shared<Fingerprint, u32, BuildReady>,
}

impl Origins {
    /// Whether some key works there, whatever its state: who is refused should be able to read why.
    pub(super) fn has(&self, venue: VenueId, origin: &[u8]) -> bool {
        self.counts.pin().contains_key(&self.fingerprints.of((venue, origin)))
    }

    /// Counts the places of a key.
    pub(super) fn add(&self, rules: &Rules) {
        self.each(rules, |count| Some(count + 1));
    }

    /// Counts them no longer.
    pub(super) fn remove(&self, rules: &Rules) {
        self.each(rules, |count| count.checked_sub(1).filter(|left| *left > 0));
    }

    fn each(&self, rules: &Rules, change: impl Fn(u32) -> Option<u32>) {
        let counts = self.counts.pin();
        for (venue, origin) in rules.places() {
            let place = self.fingerprints.of((venue, origin.as_str().as_bytes()));
            match change(counts.get(&place).copied().unwrap_or_default()) {
                Some(count) => counts.insert(place, count),
                None => counts.remove(&place),
            };
        }
    }
}
