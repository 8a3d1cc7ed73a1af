//! Counts: how often each of very many did something of late, in a memory that never grows.
//!
//! A crowd makes it forget those that did it longest ago, which lets them do it again and locks nobody out.

use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::quality::RandomState;
use keyward_policy::Gcra;
use parking_lot::Mutex;

/// Counts are spread over this many locks.
const SHARDS: usize = 64;
/// Places in which one count may stand.
const WAYS: usize = 8;
/// Groups of places under one lock: half a MiB in all, for 32,768 at the same time.
const GROUPS: usize = 64;

/// The counts of late.
pub(crate) struct Counts {
    hasher: RandomState,
    shards: Box<[Mutex<[Group; GROUPS]>]>,
    /// When every count that there is will be over: until the first one, and most of the time after it, that is past,
    /// and nothing has to be looked up.
    over_us: AtomicU64,
}

type Group = [Count; WAYS];

/// One count: the theoretical arrival time of the next.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    who: u64,
    arrival_us: u64,
}

impl Counts {
    pub(crate) fn new() -> Self {
        let shard = || Mutex::new([[Count::default(); WAYS]; GROUPS]);
        Self {
            hasher: RandomState::default(),
            shards: (0..SHARDS).map(|_| shard()).collect(),
            over_us: AtomicU64::new(0),
        }
    }

    /// Whether somebody may do it once more.
    ///
    /// # Errors
    /// The microseconds until he may.
    pub(crate) fn check(&self, gcra: Gcra, who: impl Hash, now_us: u64) -> Result<(), u64> {
        if self.over_us.load(Ordering::Relaxed) <= now_us {
            return Ok(());
        }
        let who = self.hash(who);
        let shard = self.shards[who as usize % SHARDS].lock();
        let count = shard[place(who)].iter().find(|count| count.who == who);
        gcra.take(count.map_or(0, |count| count.arrival_us), now_us).map(drop)
    }

    /// Counts it.
    ///
    /// # Errors
    /// As [`Self::check`]: it was one too many, and is not counted.
    pub(crate) fn count(&self, gcra: Gcra, who: impl Hash, now_us: u64) -> Result<(), u64> {
        let who = self.hash(who);
        let mut shard = self.shards[who as usize % SHARDS].lock();
        let group = &mut shard[place(who)];
        let at = group.iter().position(|count| count.who == who).unwrap_or_else(|| oldest(group));
        let arrival_us = if group[at].who == who { group[at].arrival_us } else { 0 };
        let arrival_us = gcra.take(arrival_us, now_us)?;
        group[at] = Count { who, arrival_us };
        self.over_us.fetch_max(arrival_us, Ordering::Relaxed);
        Ok(())
    }

    /// The seed is random, so that nobody can choose whom he is taken for.
    fn hash(&self, who: impl Hash) -> u64 {
        self.hasher.hash_one(who)
    }
}

fn place(who: u64) -> usize {
    (who as usize / SHARDS) % GROUPS
}

fn oldest(group: &Group) -> usize {
    group.iter().enumerate().min_by_key(|(_, count)| count.arrival_us).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use keyward_policy::RateLimit;

    use super::*;

    const SECOND: u64 = 1_000_000;

    #[test]
    fn each_is_counted_by_himself() {
        let (counts, gcra) = (Counts::new(), Gcra::new(RateLimit { per_minute: 60, burst: 5 }));
        let passed = |who: u32| (0..20).filter(|_| counts.count(gcra, who, SECOND).is_ok()).count();
        assert_eq!((passed(1), passed(2)), (5, 5));
        assert_eq!(counts.check(gcra, 1_u32, SECOND), Err(SECOND));
        assert_eq!(counts.check(gcra, 3_u32, SECOND), Ok(()));
    }

    #[test]
    fn when_all_is_over_nothing_is_looked_up() {
        let (counts, gcra) = (Counts::new(), Gcra::new(RateLimit { per_minute: 60, burst: 5 }));
        assert!(counts.count(gcra, 1_u32, SECOND).is_ok());
        assert!(counts.over_us.load(Ordering::Relaxed) <= 2 * SECOND);
    }
}
