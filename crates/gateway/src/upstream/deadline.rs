//! A deadline that is used again and again: one timer for all requests of a connection, because to set one for each and
//! to take it back costs more than to look at the clock.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

/// A timer that is set anew only when it has rung: for whom it rings too early waits on.
pub(super) struct Deadline {
    timer: Pin<Box<Sleep>>,
    wait: Duration,
}

impl Deadline {
    pub(super) fn new(wait: Duration) -> Self {
        Self { timer: Box::pin(sleep(wait)), wait }
    }

    /// What the future gives, or nothing if that takes too long.
    pub(super) async fn hold<T>(&mut self, mut future: impl Future<Output = T> + Unpin) -> Option<T> {
        let until = Instant::now() + self.wait;
        poll_fn(|context| {
            if let Poll::Ready(done) = Pin::new(&mut future).poll(context) {
                return Poll::Ready(Some(done));
            }
            loop {
                ready!(self.timer.as_mut().poll(context));
                if Instant::now() >= until {
                    return Poll::Ready(None);
                }
                self.timer.as_mut().reset(until);
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::time::timeout;

    use super::*;

    const WAIT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn what_comes_in_time_is_given_and_what_does_not_is_not() {
        let mut deadline = Deadline::new(WAIT);
        for _ in 0..3 {
            assert_eq!(deadline.hold(Box::pin(async { 7 })).await, Some(7));
            assert_eq!(deadline.hold(pending::<u8>()).await, None);
        }
    }

    #[tokio::test]
    async fn each_use_has_its_whole_time() {
        let mut deadline = Deadline::new(WAIT);
        sleep(WAIT * 2).await;
        assert!(
            timeout(WAIT / 2, deadline.hold(pending::<()>())).await.is_err(),
            "it rang for an earlier one"
        );
    }
}
