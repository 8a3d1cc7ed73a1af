//! Failures: how often a sender may be wrong before he is refused unread.
//!
//! Whoever does not hold a key can still cost us its checking, a line in the audit log, and a try. So failures are counted
//! for a sender *and the key that he claims*: nobody can lock a key out from another address than his own. The memory is
//! fixed: a crowd of senders makes it forget the ones that failed longest ago, which lets them fail again and locks
//! nobody out.

use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU64, Ordering};

use foldhash::quality::RandomState;
use keyward_policy::{Gcra, KeyId, RateLimit};
use parking_lot::Mutex;

use crate::sender::Sender;

/// Counts are spread over this many locks.
const SHARDS: usize = 64;
/// Places in which one count may stand.
const WAYS: usize = 8;
/// Groups of places under one lock: half a MiB in all, for 32,768 senders that are wrong at the same time.
const GROUPS: usize = 64;

/// Who was wrong, about what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Wrong {
    /// A signature that does not match this key.
    Signature(Sender, KeyId),
    /// A key that was never issued.
    Key(Sender),
    /// Anything that no key vouches for.
    Anything(Sender),
}

/// The failures of late.
pub(crate) struct Failures {
    gcra: Gcra,
    hasher: RandomState,
    shards: Box<[Mutex<[Group; GROUPS]>]>,
    /// When every count that there is will be over: until the first failure, and most of the time after it, that is
    /// past, and nothing has to be looked up.
    over_us: AtomicU64,
}

type Group = [Count; WAYS];

/// One count: the theoretical arrival time of the next failure.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    who: u64,
    arrival_us: u64,
}

impl Failures {
    /// Lets a sender be wrong so often.
    pub(crate) fn new(limit: RateLimit) -> Self {
        let shard = || Mutex::new([[Count::default(); WAYS]; GROUPS]);
        Self {
            gcra: Gcra::new(limit),
            hasher: RandomState::default(),
            shards: (0..SHARDS).map(|_| shard()).collect(),
            over_us: AtomicU64::new(0),
        }
    }

    /// Whether somebody may still be wrong.
    ///
    /// # Errors
    /// The microseconds until he may be again.
    pub(crate) fn check(&self, wrong: Wrong, now_us: u64) -> Result<(), u64> {
        if self.over_us.load(Ordering::Relaxed) <= now_us {
            return Ok(());
        }
        let who = self.hash(wrong);
        let shard = self.shards[who as usize % SHARDS].lock();
        let count = group(&shard, who).iter().find(|count| count.who == who);
        self.gcra.take(count.map_or(0, |count| count.arrival_us), now_us).map(drop)
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// As [`Self::check`]: it was one too many, and is not counted.
    pub(crate) fn count(&self, wrong: Wrong, now_us: u64) -> Result<(), u64> {
        let who = self.hash(wrong);
        let mut shard = self.shards[who as usize % SHARDS].lock();
        let group = &mut shard[place(who)];
        let at = group.iter().position(|count| count.who == who).unwrap_or_else(|| oldest(group));
        let arrival_us = if group[at].who == who { group[at].arrival_us } else { 0 };
        let arrival_us = self.gcra.take(arrival_us, now_us)?;
        group[at] = Count { who, arrival_us };
        self.over_us.fetch_max(arrival_us, Ordering::Relaxed);
        Ok(())
    }

    /// The seed is random, so that nobody can choose whom he is taken for.
    fn hash(&self, wrong: Wrong) -> u64 {
        self.hasher.hash_one(wrong)
    }
}

fn group(shard: &[Group; GROUPS], who: u64) -> &Group {
    &shard[place(who)]
}

fn place(who: u64) -> usize {
    (who as usize / SHARDS) % GROUPS
}

fn oldest(group: &Group) -> usize {
    group.iter().enumerate().min_by_key(|(_, count)| count.arrival_us).map_or(0, |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: RateLimit = RateLimit { per_minute: 60, burst: 5 };
    const SECOND: u64 = 1_000_000;

    fn sender(number: u32) -> Sender {
        Sender::of(std::net::Ipv4Addr::from(number).into())
    }

    fn key(number: u8) -> KeyId {
        KeyId::from_entropy([number; 16])
    }

    /// Is wrong so often at once, and says how often that was counted.
    fn fail(failures: &Failures, wrong: Wrong, times: usize) -> usize {
        (0..times).filter(|_| failures.count(wrong, SECOND).is_ok()).count()
    }

    #[test]
    fn a_sender_may_be_wrong_a_few_times_and_then_waits() {
        let (failures, wrong) = (Failures::new(LIMIT), Wrong::Signature(sender(1), key(1)));
        assert_eq!(failures.check(wrong, SECOND), Ok(()));
        assert_eq!(fail(&failures, wrong, 20), 5);
        assert_eq!(failures.check(wrong, SECOND), Err(SECOND));
        assert_eq!(failures.check(wrong, 2 * SECOND), Ok(()));
    }

    #[test]
    fn nobody_locks_a_key_out_from_elsewhere_nor_another_key_from_here() {
        let failures = Failures::new(LIMIT);
        fail(&failures, Wrong::Signature(sender(1), key(1)), 20);
        assert_eq!(failures.check(Wrong::Signature(sender(2), key(1)), SECOND), Ok(()));
        assert_eq!(failures.check(Wrong::Signature(sender(1), key(2)), SECOND), Ok(()));
        assert_eq!(failures.check(Wrong::Key(sender(1)), SECOND), Ok(()));
    }

    #[test]
    fn a_crowd_of_senders_makes_it_forget_and_locks_nobody_out() {
        let failures = Failures::new(LIMIT);
        for number in 0..200_000 {
            fail(&failures, Wrong::Key(sender(number)), 6);
        }
        let honest =
            (200_000..201_000).filter(|number| failures.check(Wrong::Key(sender(*number)), SECOND).is_ok());
        assert_eq!(honest.count(), 1000);
    }

    #[test]
    fn a_second_later_nothing_is_looked_up() {
        let failures = Failures::new(LIMIT);
        fail(&failures, Wrong::Key(sender(1)), 1);
        assert!(failures.over_us.load(Ordering::Relaxed) <= 2 * SECOND);
    }
}
