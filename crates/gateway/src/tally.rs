//! The tally of refusals that are not in the audit log one by one.
//!
//! Anybody can make a refusal. Those that no key vouches for are recorded as long as one sender, and all of them together,
//! make only so many; the rest is counted, and the log is told how many there were. So rubbish can neither fill the disk
//! nor hide among itself what a key has done: that is always recorded.

use keyward_policy::{Gcra, RateLimit};
use parking_lot::Mutex;

/// Refusals recorded for all senders together: some 250 bytes each, so 2 GiB a day at the very most.
const TOGETHER: RateLimit = RateLimit { per_minute: 6000, burst: 6000 };

/// What was not recorded, and when it may be again.
pub(crate) struct Tally {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    arrival_us: u64,
    unrecorded: u64,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default() }
    }

    /// Whether a refusal that its sender may still cause is recorded. If so, says how many were not since the last that
    /// was.
    pub(crate) fn record(&self, sender_may: bool, now_us: u64) -> Option<u64> {
        let mut state = self.state.lock();
        let taken = Gcra::new(TOGETHER).take(state.arrival_us, now_us);
        match taken {
            Ok(arrival_us) if sender_may => {
                state.arrival_us = arrival_us;
                Some(std::mem::take(&mut state.unrecorded))
            }
            _ => {
                state.unrecorded += 1;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_recorded_is_told_with_the_next_that_is() {
        let tally = Tally::new();
        assert_eq!(tally.record(true, 1), Some(0));
        assert_eq!(tally.record(false, 1), None);
        assert_eq!(tally.record(false, 1), None);
        assert_eq!(tally.record(true, 1), Some(2));
        assert_eq!(tally.record(true, 1), Some(0));
    }

    #[test]
    fn all_senders_together_fill_no_disk() {
        let tally = Tally::new();
        assert_eq!((0..100_000).filter(|_| tally.record(true, 1).is_some()).count(), 6000);
        assert_eq!(tally.record(true, 60_000_000), Some(94_000));
    }
}
