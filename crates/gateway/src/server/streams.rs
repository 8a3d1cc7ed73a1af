//! The requests under way on one HTTP/2 connection, each with the time that it may take in all.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use hyper::rt::Executor;
use tokio::time::{Instant, sleep_until, timeout};

/// Runs the requests of a connection on the worker's own thread, and knows whether there are any.
#[derive(Clone, Debug)]
pub(super) struct Streams {
    longest: Duration,
    open: Rc<Open>,
}

#[derive(Debug)]
struct Open {
    count: Cell<usize>,
    /// When the last one ended.
    since: Cell<Instant>,
}

/// One request under way.
struct Counted(Rc<Open>);

impl Streams {
    /// None yet; none may take longer than this, from its first byte to the last byte of its answer that is taken.
    pub(super) fn new(longest: Duration) -> Self {
        Self { longest, open: Rc::new(Open { count: Cell::new(0), since: Cell::new(Instant::now()) }) }
    }

    /// Returns when there has been no request for so long.
    pub(super) async fn idle(&self, wait: Duration) {
        loop {
            let end = if self.open.count.get() == 0 { self.open.since.get() } else { Instant::now() } + wait;
            sleep_until(end).await;
            if self.open.count.get() == 0 && self.open.since.get() + wait <= Instant::now() {
                return;
            }
        }
    }
}

impl Counted {
    fn new(open: &Rc<Open>) -> Self {
        open.count.set(open.count.get() + 1);
        Self(open.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.count.set(self.0.count.get() - 1);
        self.0.since.set(Instant::now());
    }
}

impl<F: Future + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let (counted, longest) = (Counted::new(&self.open), self.longest);
        tokio::task::spawn_local(async move {
            let _ = timeout(longest, stream).await;
            drop(counted);
        });
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::LocalSet;
    use tokio::time::sleep;

    use super::*;

    /// Runs one request, and waits until the connection is idle; says whether the request had then ended by itself.
    async fn runs_to_its_end(longest: Duration, request: impl Future<Output = ()> + 'static) -> bool {
        let (streams, ended) = (Streams::new(longest), Rc::new(Cell::new(false)));
        let end = ended.clone();
        let both = async {
            streams.execute(async move {
                request.await;
                end.set(true);
            });
            streams.idle(Duration::from_millis(1)).await;
        };
        LocalSet::new().run_until(both).await;
        ended.get()
    }

    #[tokio::test]
    async fn a_connection_is_idle_when_its_last_request_is_over() {
        assert!(runs_to_its_end(Duration::from_secs(60), sleep(Duration::from_millis(20))).await);
    }

    #[tokio::test]
    async fn a_request_that_never_ends_is_ended() {
        assert!(!runs_to_its_end(Duration::from_millis(20), std::future::pending()).await);
    }
}
