//! What a process remembers for the one that takes its place, so that a signature works once across a restart too.

use keyward_policy::RequestId;
use serde::{Deserialize, Serialize};

use super::forgotten::Forgotten;
use super::{Others, REMEMBERED_MAX, ReplayGuard, SHARDS, Second, Seen, Shard};

/// The signatures that were accepted lately and would be accepted again, and the seconds that are forgotten.
#[derive(Serialize, Deserialize)]
pub(crate) struct Carried {
    uses: Vec<Used>,
    forgotten: Vec<(u64, u64)>,
}

#[derive(Serialize, Deserialize)]
struct Used {
    /// Until when the signature would be accepted, in seconds since the Unix epoch.
    second: u64,
    /// Its upper and its lower half.
    signature: (u64, u64),
    first: RequestId,
    moves_money: bool,
    place: u64,
    others: Vec<u64>,
}

impl ReplayGuard {
    /// What it remembers of signatures that are good until this second or longer. What is left out is forgotten, and so
    /// never accepted again.
    pub(crate) fn carried(&self, from: u64) -> Carried {
        let (mut uses, mut forgotten) = (Vec::new(), Forgotten::default());
        for shard in &self.shards {
            let shard = shard.lock();
            shard.forgotten.spans().for_each(|span| forgotten.add(span));
            for second in shard.seconds.iter().filter(|second| !second.uses.is_empty()) {
                if second.number < from {
                    forgotten.add((second.number, second.number));
                } else {
                    uses.extend(
                        second.uses.iter().map(|(&signature, seen)| seen.used(second.number, signature)),
                    );
                }
            }
        }
        Carried { uses, forgotten: forgotten.spans().collect() }
    }

    /// A guard that remembers what another did.
    pub(crate) fn that_remembers(carried: Carried) -> Self {
        let guard = Self::new();
        for shard in &guard.shards {
            let mut shard = shard.lock();
            carried.forgotten.iter().for_each(|&span| shard.forgotten.add(span));
        }
        for used in carried.uses {
            let signature = used.signature();
            guard.shards[signature as usize % SHARDS].lock().remember(signature, used);
        }
        guard
    }
}

impl Shard {
    /// Remembers a use as it was; what there is no room for is forgotten with its whole second.
    fn remember(&mut self, signature: u128, used: Used) {
        match self.second(used.second) {
            Ok(second) if second.uses.len() < REMEMBERED_MAX => second.remember(signature, used),
            _ => self.forgotten.add((used.second, used.second)),
        }
    }
}

impl Second {
    fn remember(&mut self, signature: u128, used: Used) {
        let Used { first, moves_money, place, others, .. } = used;
        self.uses.insert(signature, Seen { first, moves_money, place, others: others_of(others) });
    }
}

impl Seen {
    fn used(&self, second: u64, signature: u128) -> Used {
        let halves = ((signature >> 64) as u64, signature as u64);
        let others = self.others.as_ref().map(|others| others.0.clone()).unwrap_or_default();
        Used {
            second,
            signature: halves,
            first: self.first,
            moves_money: self.moves_money,
            place: self.place,
            others,
        }
    }
}

/// None take no memory.
fn others_of(places: Vec<u64>) -> Option<Box<Others>> {
    (!places.is_empty()).then(|| Box::new(Others(places)))
}

impl Used {
    fn signature(&self) -> u128 {
        u128::from(self.signature.0) << 64 | u128::from(self.signature.1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Repeated, Use};
    use super::*;

    fn used(signature: u128, until_s: u64) -> Use {
        let request = RequestId::from_entropy([7; 16]);
        Use { signature, place: 10, moves_money: true, until_us: until_s * 1_000_000, request }
    }

    /// The guard of the next process, which takes over in this second.
    fn next(guard: &ReplayGuard, second: u64) -> ReplayGuard {
        let text = serde_json::to_vec(&guard.carried(second)).unwrap();
        ReplayGuard::that_remembers(serde_json::from_slice(&text).unwrap())
    }

    #[test]
    fn a_signature_works_once_across_a_restart() {
        let guard = ReplayGuard::new();
        let signatures = [1, 70, u128::MAX, 1 << 100];
        signatures.iter().for_each(|&one| guard.accept(used(one, 1_000)).unwrap());
        let next = next(&guard, 999);
        for one in signatures {
            assert_eq!(next.accept(used(one, 1_000)), Err(Repeated::By(RequestId::from_entropy([7; 16]))));
        }
        assert_eq!(next.accept(used(2, 1_000)), Ok(()));
    }

    #[test]
    fn what_is_not_carried_over_is_never_accepted_again() {
        let guard = ReplayGuard::new();
        guard.accept(used(1, 1_000)).unwrap();
        let next = next(&guard, 1_001);
        assert_eq!(next.accept(used(1, 1_000)), Err(Repeated::Forgotten));
        assert_eq!(next.accept(used(1, 1_001)), Ok(()), "another signature, good for longer");
    }

    #[test]
    fn what_was_forgotten_stays_forgotten() {
        let guard = ReplayGuard::new();
        guard.accept(used(1, 1_000)).unwrap();
        guard.accept(used(1, 1_064)).unwrap();
        assert_eq!(next(&guard, 1_064).accept(used(1, 1_000)), Err(Repeated::Forgotten));
    }
}
