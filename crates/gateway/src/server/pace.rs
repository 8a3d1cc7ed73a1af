//! Pace: how long a client may keep us waiting, for its bytes or for it to take ours.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::settings::Limits;

/// The slowest pace that is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slowest {
    /// The longest wait without any progress.
    pub(super) stall: Duration,
    /// Bytes that put the end of the wait off by a second, up to `stall` from then; none when nothing puts it off.
    pub(super) bytes_per_second: Option<u32>,
}

/// One wait for a client. It costs nothing until there is something to wait for.
#[derive(Debug)]
pub(super) struct Pace {
    slowest: Slowest,
    ends: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(super) fn new(slowest: Slowest) -> Self {
        Self { slowest, ends: None }
    }

    /// Ready when the client has kept us waiting for too long. The wait begins when this is asked first.
    pub(super) fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let ends = self.ends.get_or_insert_with(|| Box::pin(sleep(self.slowest.stall)));
        ends.as_mut().poll(cx)
    }

    /// So many bytes moved, and there is more to wait for.
    pub(super) fn moved(&mut self, bytes: usize) {
        if let Some(ends) = &mut self.ends {
            let end = self.slowest.put_off(ends.deadline(), Instant::now(), bytes);
            ends.as_mut().reset(end);
        }
    }

    /// There is nothing to wait for.
    pub(super) fn rest(&mut self) {
        self.ends = None;
    }
}

impl Slowest {
    /// What the operator allows.
    pub(super) fn of(limits: &Limits) -> Self {
        Self { stall: limits.stall, bytes_per_second: Some(limits.bytes_per_second) }
    }

    fn put_off(&self, end: Instant, now: Instant, bytes: usize) -> Instant {
        let Some(bytes_per_second) = self.bytes_per_second else { return end };
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs(1) * bytes / bytes_per_second.max(1);
        (end + earned.min(self.stall)).min(now + self.stall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOWEST: Slowest = Slowest { stall: Duration::from_secs(5), bytes_per_second: Some(1024) };

    /// How many seconds a client lasts who moves so many bytes every second.
    fn lasts_s(bytes: usize) -> u64 {
        let start = Instant::now();
        let second = |number| start + Duration::from_secs(number);
        let mut end = second(5);
        for number in 1..60 {
            if second(number) >= end {
                break;
            }
            end = SLOWEST.put_off(end, second(number), bytes);
        }
        (end - start).as_secs()
    }

    #[test]
    fn a_trickle_does_not_put_the_end_off_for_long() {
        assert_eq!(lasts_s(0), 5);
        assert_eq!(lasts_s(1), 5);
        assert_eq!(lasts_s(512), 9);
    }

    #[test]
    fn a_slow_line_is_waited_for() {
        assert_eq!(lasts_s(1024), 64);
        assert_eq!(lasts_s(1 << 20), 64);
    }

    #[tokio::test]
    async fn the_wait_begins_when_there_is_something_to_wait_for() {
        let stall = Duration::from_millis(1);
        let mut pace = Pace::new(Slowest { stall, bytes_per_second: None });
        pace.moved(1);
        std::future::poll_fn(|cx| pace.poll_over(cx)).await;
    }
}
