//! Request rates: GCRA, the leaky bucket that needs one number per key.

use serde::{Deserialize, Serialize};

/// How many requests a key may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests per minute, sustained; at least 1.
    pub per_minute: u32,
    /// Requests that may come at once; at least 1.
    pub burst: u32,
}

/// How long a request may be under way before it is taken, by the time that it arrived at: its body may take a while.
const LATE_US: u64 = 120_000_000;

/// The generic cell rate algorithm (ITU-T I.371) over a clock in microseconds.
///
/// Its whole state is the *theoretical arrival time* of the next request, so that it fits an atomic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gcra {
    interval_us: u64,
    tolerance_us: u64,
}

impl Gcra {
    /// The algorithm for a limit; a zero counts as one.
    pub fn new(limit: RateLimit) -> Self {
        let interval_us = 60_000_000 / u64::from(limit.per_minute.max(1));
        Self { interval_us, tolerance_us: interval_us * u64::from(limit.burst.max(1) - 1) }
    }

    /// Takes one request at `now_us`, given the arrival time kept so far. One that lies further ahead than requests can
    /// bring it was kept before the clock was set back: then this request is the last of a burst.
    ///
    /// # Errors
    /// The microseconds to wait, when the request comes too early; nothing is then used up.
    pub fn take(self, arrival_us: u64, now_us: u64) -> Result<u64, u64> {
        let honest_us = now_us + self.tolerance_us + self.interval_us + LATE_US;
        let arrival_us = if arrival_us > honest_us { now_us + self.tolerance_us } else { arrival_us };
        let due_us = arrival_us.saturating_sub(self.tolerance_us);
        if now_us < due_us {
            return Err(due_us - now_us);
        }
        Ok(arrival_us.max(now_us) + self.interval_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(limit: RateLimit, times_us: impl IntoIterator<Item = u64>) -> usize {
        let gcra = Gcra::new(limit);
        let mut arrival = 0;
        let take = |now| gcra.take(arrival, now).map(|next| arrival = next).is_ok();
        times_us.into_iter().map(take).filter(|passed| *passed).count()
    }

    #[test]
    fn a_burst_passes_and_no_more() {
        assert_eq!(passed(RateLimit { per_minute: 60, burst: 5 }, [1_000_000; 20]), 5);
    }

    #[test]
    fn the_sustained_rate_holds_over_time() {
        let every_100_ms_for_a_minute = (0..600).map(|i| 1_000_000 + i * 100_000);
        assert_eq!(passed(RateLimit { per_minute: 60, burst: 1 }, every_100_ms_for_a_minute), 60);
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_lock_a_key_out_for_as_long() {
        let gcra = Gcra::new(RateLimit { per_minute: 60, burst: 5 });
        let hour_ahead = gcra.take(0, 3_610_000_000).unwrap();
        let next = gcra.take(hour_ahead, 10_000_000).unwrap();
        assert_eq!(gcra.take(next, 10_000_000), Err(1_000_000), "and gives no second burst");
        assert!(gcra.take(next, 11_000_000).is_ok());
    }

    #[test]
    fn a_request_that_was_long_under_way_gains_nothing() {
        let gcra = Gcra::new(RateLimit { per_minute: 60, burst: 1 });
        let next = gcra.take(0, 100_000_000).unwrap();
        assert!(gcra.take(next, 70_000_000).is_err());
    }

    #[test]
    fn a_refusal_says_how_long_to_wait() {
        let gcra = Gcra::new(RateLimit { per_minute: 60, burst: 1 });
        let next = gcra.take(0, 10_000_000).unwrap();
        assert_eq!(gcra.take(next, 10_400_000), Err(600_000));
        assert!(gcra.take(next, 11_000_000).is_ok());
    }
}
