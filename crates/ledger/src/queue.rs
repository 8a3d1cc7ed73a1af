//! What waits for the disk, and who waits for it.

use std::mem;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};
use tokio::sync::{oneshot, watch};

use crate::Error;

/// More than this never waits, in bytes: several seconds of a busy gateway.
const CAPACITY: usize = 8 * 1024 * 1024;
/// An entry that nobody waits for is written at the latest after this: it spares a system call per entry.
const LINGER: Duration = Duration::from_millis(25);

/// Entries on their way from many callers to the one writer.
pub(crate) struct Queue {
    state: Mutex<State>,
    /// Wakes the writer.
    work: Condvar,
    /// Wakes blocked threads; tasks wait for their own entry, or watch `progress`.
    done: Condvar,
    progress: watch::Sender<Progress>,
}

struct State {
    pending: Batch,
    next: u64,
    /// Somebody waits for what is pending.
    urgent: bool,
    open: bool,
}

/// What goes to the disk together: framed entries, and the tasks to tell. Each commit tells those whose entries it holds
/// and nobody else, because to wake a task costs more than to record one.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    waiting: Vec<oneshot::Sender<()>>,
}

/// How far the disk is.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    /// How many entries are durable.
    pub(crate) durable: u64,
    /// How many times the disk was waited for.
    pub(crate) commits: u64,
    end: Option<End>,
}

/// Why nothing more will be written.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Closed,
    Failed(Arc<str>),
}

impl End {
    fn error(&self) -> Error {
        match self {
            Self::Closed => Error::Closed,
            Self::Failed(why) => Error::Failed(Arc::clone(why)),
        }
    }
}

impl Progress {
    /// What became of the entry before `until`, if that is known.
    fn outcome(&self, until: u64) -> Option<Result<(), Error>> {
        if self.durable >= until { Some(Ok(())) } else { self.end.as_ref().map(|end| Err(end.error())) }
    }

    /// Why nothing more is taken.
    fn refusal(&self) -> Error {
        self.end.as_ref().map_or(Error::Closed, End::error)
    }
}

impl Queue {
    /// An empty queue behind a log of `size` entries.
    pub(crate) fn new(size: u64) -> Self {
        let state = State { pending: Batch::default(), next: size, urgent: false, open: true };
        let progress = Progress { durable: size, commits: 0, end: None };
        Self {
            state: Mutex::new(state),
            work: Condvar::new(),
            done: Condvar::new(),
            progress: watch::Sender::new(progress),
        }
    }

    /// Queues one framed entry and gives its index.
    pub(crate) fn push(&self, framed: &[u8], urgent: bool) -> Result<u64, Error> {
        self.add(framed, urgent, None)
    }

    /// Queues one framed entry and resolves with its index when it is durable, or never will be.
    pub(crate) async fn push_durably(&self, framed: &[u8], deadline: Duration) -> Result<u64, Error> {
        let (tell, told) = oneshot::channel();
        let index = self.add(framed, true, Some(tell))?;
        let told = tokio::time::timeout(deadline, told).await.map_err(|_| Error::Timeout)?;
        told.map_err(|_| self.progress.borrow().refusal())?;
        Ok(index)
    }

    fn add(&self, framed: &[u8], urgent: bool, tell: Option<oneshot::Sender<()>>) -> Result<u64, Error> {
        let mut state = self.state.lock();
        if !state.open {
            return Err(self.progress.borrow().refusal());
        }
        if state.pending.bytes.len() + framed.len() > CAPACITY {
            return Err(Error::Full);
        }
        let was_empty = state.pending.bytes.is_empty();
        state.pending.bytes.extend_from_slice(framed);
        state.pending.waiting.extend(tell);
        state.urgent |= urgent;
        let index = state.next;
        state.next += 1;
        let wake = was_empty || urgent || state.pressing();
        drop(state);
        if wake {
            self.work.notify_one();
        }
        Ok(index)
    }

    /// Asks for what is pending to be written now; it is durable when that many entries are.
    pub(crate) fn urge(&self) -> u64 {
        let mut state = self.state.lock();
        state.urgent = true;
        let next = state.next;
        drop(state);
        self.work.notify_one();
        next
    }

    /// Takes no more; the writer finishes what is pending and ends.
    pub(crate) fn close(&self) {
        self.state.lock().open = false;
        self.work.notify_one();
    }

    /// How far the disk is.
    pub(crate) fn progress(&self) -> Progress {
        self.progress.borrow().clone()
    }

    /// Why nothing more will be written, if so.
    pub(crate) fn failure(&self) -> Option<Error> {
        self.progress.borrow().end.as_ref().map(End::error)
    }

    /// Resolves when that many entries are durable, or never will be.
    pub(crate) async fn durable(&self, until: u64, deadline: Duration) -> Result<(), Error> {
        let mut progress = self.progress.subscribe();
        let known = progress.wait_for(|progress| progress.outcome(until).is_some());
        let known = tokio::time::timeout(deadline, known).await.map_err(|_| Error::Timeout)?;
        known.map_err(|_| Error::Closed)?.outcome(until).unwrap_or(Err(Error::Closed))
    }

    /// Blocks until that many entries are durable, or never will be.
    pub(crate) fn durable_blocking(&self, until: u64, deadline: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + deadline;
        let mut state = self.state.lock();
        loop {
            if let Some(outcome) = self.progress.borrow().outcome(until) {
                return outcome;
            }
            if self.done.wait_until(&mut state, deadline).timed_out() {
                return Err(Error::Timeout);
            }
        }
    }

    /// The writer's side: waits for entries, swaps them into `batch` (empty before), and gives the log's size behind
    /// them. None when the queue is closed and empty.
    pub(crate) fn take(&self, batch: &mut Batch) -> Option<u64> {
        let mut state = self.state.lock();
        self.work.wait_while(&mut state, |state| state.pending.bytes.is_empty() && state.open);
        self.work.wait_while_for(&mut state, |state| !state.pressing(), LINGER);
        if state.pending.bytes.is_empty() {
            return None;
        }
        state.urgent = false;
        mem::swap(&mut state.pending, batch);
        Some(state.next)
    }

    /// The writer's side: everything before `size` is durable, and whoever waits for this batch is told.
    pub(crate) fn committed(&self, size: u64, batch: &mut Batch) {
        self.progress.send_modify(|progress| {
            progress.durable = size;
            progress.commits += 1;
        });
        for tell in batch.waiting.drain(..) {
            let _ = tell.send(()); // who has gone away need not know
        }
        self.wake_blocked();
    }

    /// The writer's side: nothing more will be written. The first reason stays.
    pub(crate) fn end(&self, end: End) {
        self.state.lock().open = false;
        self.progress.send_modify(|progress| {
            progress.end.get_or_insert(end);
        });
        self.state.lock().pending.waiting.clear();
        self.wake_blocked();
    }

    /// Under the lock, so that a thread between its look and its wait is not missed.
    fn wake_blocked(&self) {
        let _state = self.state.lock();
        self.done.notify_all();
    }
}

impl State {
    /// Whether the writer should not linger.
    fn pressing(&self) -> bool {
        self.urgent || !self.open || self.pending.bytes.len() > CAPACITY / 4
    }
}

#[cfg(test)]
mod tests {
    use std::pin::{Pin, pin};

    use super::*;

    const SHORT: Duration = Duration::from_millis(5);

    #[test]
    fn everything_that_waits_goes_to_the_disk_together() {
        let queue = Queue::new(10);
        for index in 10..74 {
            assert_eq!(queue.push(b"entry", index % 2 == 0).unwrap(), index);
        }
        let mut batch = Batch::default();
        assert_eq!(queue.take(&mut batch), Some(74));
        assert_eq!(batch.bytes, b"entry".repeat(64));
    }

    #[test]
    fn what_nobody_waits_for_is_taken_too() {
        let queue = Queue::new(0);
        queue.push(b"entry", false).unwrap();
        assert_eq!(queue.take(&mut Batch::default()), Some(1));
    }

    #[test]
    fn a_full_queue_refuses_and_recovers() {
        let queue = Queue::new(0);
        let entry = vec![0; 65_537];
        let fits = (0..).take_while(|_| queue.push(&entry, false).is_ok()).count();
        assert_eq!(fits, CAPACITY / entry.len());
        assert!(matches!(queue.push(&entry, true), Err(Error::Full)));
        queue.take(&mut Batch::default());
        assert!(queue.push(&entry, true).is_ok());
    }

    #[tokio::test]
    async fn a_disk_that_hangs_is_a_timeout() {
        let queue = Queue::new(0);
        queue.push(b"entry", true).unwrap();
        assert!(matches!(queue.durable(1, SHORT).await, Err(Error::Timeout)));
        assert!(matches!(queue.durable_blocking(1, SHORT), Err(Error::Timeout)));
        queue.committed(1, &mut Batch::default());
        assert!(queue.durable(1, SHORT).await.is_ok());
        assert!(queue.durable_blocking(1, SHORT).is_ok());
    }

    async fn waits(future: Pin<&mut impl Future>) -> bool {
        tokio::select! {
            biased;
            _ = future => false,
            () = std::future::ready(()) => true,
        }
    }

    #[tokio::test]
    async fn a_commit_tells_those_whose_entries_it_holds_and_nobody_else() {
        let (queue, mut batch) = (Queue::new(0), Batch::default());
        let mut first = pin!(queue.push_durably(b"entry", Duration::from_secs(9)));
        assert!(waits(first.as_mut()).await);
        assert_eq!(queue.take(&mut batch), Some(1));
        let mut second = pin!(queue.push_durably(b"entry", Duration::from_secs(9)));
        assert!(waits(second.as_mut()).await);
        queue.committed(1, &mut batch);
        assert!(matches!(first.await, Ok(0)));
        assert!(waits(second.as_mut()).await);
        queue.end(End::Failed("broken disk".into()));
        assert!(matches!(second.await, Err(Error::Failed(why)) if &*why == "broken disk"));
    }

    #[tokio::test]
    async fn a_failure_reaches_who_waits_and_who_comes_later_but_not_what_was_durable() {
        let queue = Queue::new(0);
        queue.push(b"entry", true).unwrap();
        queue.committed(1, &mut Batch::default());
        queue.push(b"entry", true).unwrap();
        queue.end(End::Failed("broken disk".into()));
        assert!(queue.durable(1, SHORT).await.is_ok());
        assert!(matches!(queue.durable(2, SHORT).await, Err(Error::Failed(why)) if &*why == "broken disk"));
        assert!(matches!(queue.push(b"entry", false), Err(Error::Failed(_))));
    }
}
