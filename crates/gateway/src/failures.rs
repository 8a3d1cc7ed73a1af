//! Failures: how often a sender may be wrong before he is refused unread.
//!
//! Whoever does not hold a key can still cost us its checking, a line in the audit log, and a try. So failures are counted
//! for a sender *and the key that he claims*: nobody can lock a key out from another address than his own.

use keyward_policy::{Gcra, KeyId, RateLimit};

use crate::counts::Counts;
use crate::sender::Sender;

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
    counts: Counts,
}

impl Failures {
    /// Lets a sender be wrong so often.
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self { gcra: Gcra::new(limit), counts: Counts::new() }
    }

    /// Whether somebody may still be wrong.
    ///
    /// # Errors
    /// The microseconds until he may be again.
    pub(crate) fn check(&self, wrong: Wrong, now_us: u64) -> Result<(), u64> {
        self.counts.check(self.gcra, wrong, now_us)
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// As [`Self::check`]: it was one too many, and is not counted.
    pub(crate) fn count(&self, wrong: Wrong, now_us: u64) -> Result<(), u64> {
        self.counts.count(self.gcra, wrong, now_us)
    }
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
}
