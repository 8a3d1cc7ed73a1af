//! For how long the keys in memory are served without a word from the database that they came from.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use keyward_policy::Reason;

use crate::denied::Denied;

/// A time that ends unless it is renewed. Without a database to hear from, it does not end.
pub(crate) struct Lease {
    start: Instant,
    /// Milliseconds after the start.
    until_ms: AtomicU64,
}

impl Lease {
    pub(crate) fn new(now: Instant) -> Self {
        Self { start: now, until_ms: AtomicU64::new(u64::MAX) }
    }

    /// Lets it end so long from now.
    pub(crate) fn renew(&self, now: Instant, length: Duration) {
        let until = now.saturating_duration_since(self.start) + length;
        self.until_ms.store(u64::try_from(until.as_millis()).unwrap_or(u64::MAX), Ordering::Release);
    }

    /// What is left of it; none where it does not end.
    pub(crate) fn left(&self, now: Instant) -> Option<Duration> {
        let until_ms = self.until_ms.load(Ordering::Acquire);
        let until = (until_ms != u64::MAX).then(|| Duration::from_millis(until_ms))?;
        Some(until.saturating_sub(now.saturating_duration_since(self.start)))
    }

    /// Refuses when it has ended: what was revoked or changed elsewhere since is not known here.
    pub(crate) fn check(&self, now: Instant) -> Result<(), Denied> {
        match self.left(now) {
            Some(Duration::ZERO) => Err(Denied::policy(Reason::DatabaseGone)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_served_until_the_lease_ends_and_again_when_it_is_renewed() {
        let start = Instant::now();
        let (lease, after) = (Lease::new(start), |seconds| start + Duration::from_secs(seconds));
        assert!(lease.check(after(1_000_000)).is_ok(), "nobody said that there is a database");
        lease.renew(after(10), Duration::from_secs(60));
        assert!(lease.check(after(69)).is_ok());
        assert_eq!(lease.check(after(70)).unwrap_err().reason, Reason::DatabaseGone);
        lease.renew(after(100), Duration::from_secs(60));
        assert!(lease.check(after(159)).is_ok());
    }
}
