//! The log's one writer, as the rest of Keyward uses it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use keyward_policy::Event;
use parking_lot::Mutex;

use crate::entry::framed;
use crate::files::{self, failed};
use crate::opening::{read_the_rest, read_through};
use crate::queue::Queue;
use crate::state::State;
use crate::writer::Writer;
use crate::{Checkpoint, CheckpointSigner, EntryIndex, Error, Opening, VerifierKey};

/// How long a caller waits for the disk by default: then it counts as hung, and what waits is refused.
pub const DEADLINE: Duration = Duration::from_secs(1);

/// The audit log, open for writing. Share it by reference; dropping it writes what waits.
///
/// One thread writes: everything that waits goes to the disk together, so a thousand callers share one wait. After the
/// first failed write or sync nothing is recorded any more, because what the disk holds is unknown: restart, and the
/// opening finds out.
pub struct Ledger {
    dir: PathBuf,
    queue: Arc<Queue>,
    state: Arc<Mutex<State>>,
    opening: Opening,
    /// How many entries the checkpoint covers that is kept: an older one never replaces a newer one.
    kept: Mutex<u64>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// A checkpoint that is signed and not yet kept as the log's latest one.
pub struct Head {
    checkpoint: Checkpoint,
    state: State,
}

impl Head {
    /// The signed statement.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }
}

impl Ledger {
    /// Opens the log in `dir` and creates it if it is missing. Reads all of it: about a second per two million entries.
    ///
    /// With a `key` the checkpoint's signature is checked too. What a crash left half written is cut; see [`Opening`].
    ///
    /// # Errors
    /// [`Error::InUse`]; [`Error::Shorter`] or [`Error::Different`] when the log is not what its checkpoint signed;
    /// [`Error::Damaged`]; [`Error::Checkpoint`]; [`Error::Io`].
    pub fn open(dir: &Path, key: Option<&VerifierKey>) -> Result<Self, Error> {
        let file = files::open_to_write(dir)?;
        let (state, opening) = read_through(dir, &file, key)?;
        Self::start(dir, file, state, opening)
    }

    /// Opens the log as [`Self::open`] does, but reads only what came after its latest checkpoint: quick, however long
    /// the log is. Entries under that checkpoint are not looked at, so [`verify()`](crate::verify()) the log afterwards;
    /// [`Opening::read_from`] says whether there is anything left to verify.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn resume(dir: &Path, key: &VerifierKey) -> Result<Self, Error> {
        let file = files::open_to_write(dir)?;
        let (state, opening) = read_the_rest(dir, &file, key)?;
        Self::start(dir, file, state, opening)
    }

    /// Starts the writer on an open file.
    fn start(dir: &Path, file: File, state: State, opening: Opening) -> Result<Self, Error> {
        let queue = Arc::new(Queue::new(state.tree.size()));
        let state = Arc::new(Mutex::new(state));
        let writer = Writer { file, queue: Arc::clone(&queue), state: Arc::clone(&state) };
        let thread = thread::Builder::new().name("audit-log".to_owned()).spawn(move || writer.run());
        let writer = Mutex::new(Some(thread.map_err(failed(dir, "served by a thread"))?));
        let kept = Mutex::new(opening.signed);
        Ok(Self { dir: dir.to_owned(), queue, state, opening, kept, writer })
    }

    /// What was found when the log was opened.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Queues an event: it is written within milliseconds, and lost if the process is killed before. For what moves no
    /// money.
    ///
    /// # Errors
    /// [`Error::Full`]; [`Error::Failed`]; [`Error::Closed`]; [`Error::TooLong`]; [`Error::Unserialisable`].
    pub fn record(&self, event: &Event<'_>) -> Result<(), Error> {
        self.queue.push(&framed(event)?, false).map(drop)
    }

    /// Records an event and resolves when it is durable: power loss included. Must run inside tokio.
    ///
    /// After [`Error::Timeout`], or when the future is dropped, the entry may still be written: an intent without an
    /// outcome, which was never sent.
    ///
    /// # Errors
    /// [`Error::Timeout`] after `deadline` (by custom [`DEADLINE`]); and as [`Self::record`].
    pub async fn record_durably(&self, event: &Event<'_>, deadline: Duration) -> Result<EntryIndex, Error> {
        self.queue.push_durably(&framed(event)?, deadline).await.map(EntryIndex)
    }

    /// [`Self::record_durably`] for code outside tokio: blocks the thread.
    ///
    /// # Errors
    /// As [`Self::record_durably`].
    pub fn record_durably_blocking(
        &self,
        event: &Event<'_>,
        deadline: Duration,
    ) -> Result<EntryIndex, Error> {
        let index = self.queue.push(&framed(event)?, true)?;
        self.queue.durable_blocking(index + 1, deadline)?;
        Ok(EntryIndex(index))
    }

    /// Resolves when everything that was recorded before is durable.
    ///
    /// # Errors
    /// [`Error::Timeout`]; [`Error::Failed`]; [`Error::Closed`].
    pub async fn flush(&self, deadline: Duration) -> Result<(), Error> {
        self.queue.durable(self.queue.urge(), deadline).await
    }

    /// Signs the size and root of everything that was recorded before. Blocks for some milliseconds.
    ///
    /// Keep the checkpoint elsewhere, then [`keep`](Self::keep) it here: so whoever puts an older copy of that other
    /// place back is found out by what the log has.
    ///
    /// # Errors
    /// [`Error::Timeout`]; [`Error::Failed`]; [`Error::Closed`].
    pub fn sign(&self, signer: &CheckpointSigner) -> Result<Head, Error> {
        self.queue.durable_blocking(self.queue.urge(), DEADLINE)?;
        let state = self.state.lock().clone();
        let checkpoint = Checkpoint::sign(state.tree.size(), state.tree.root(), signer)?;
        Ok(Head { checkpoint, state })
    }

    /// Stores a checkpoint as the log's latest one, unless a later one is stored already.
    ///
    /// # Errors
    /// [`Error::Failed`]; [`Error::Closed`]; [`Error::Io`].
    pub fn keep(&self, head: &Head) -> Result<(), Error> {
        let mut kept = self.kept.lock();
        if let Some(error) = self.failure() {
            return Err(error); // others may write by now: an old head must not replace theirs
        }
        if head.checkpoint.size() >= *kept {
            files::replace_checkpoint(&self.dir, head.checkpoint.as_str())?;
            head.state.store(&self.dir);
            *kept = head.checkpoint.size();
        }
        Ok(())
    }

    /// Signs and keeps.
    ///
    /// # Errors
    /// As [`Self::sign`] and [`Self::keep`].
    pub fn checkpoint(&self, signer: &CheckpointSigner) -> Result<Checkpoint, Error> {
        let head = self.sign(signer)?;
        self.keep(&head)?;
        Ok(head.checkpoint)
    }

    /// How many entries are durable.
    pub fn entries(&self) -> u64 {
        self.queue.progress().durable
    }

    /// How many times the disk was waited for since the log was opened.
    pub fn commits(&self) -> u64 {
        self.queue.progress().commits
    }

    /// Why nothing is recorded any more, if so: for health checks.
    pub fn failure(&self) -> Option<Error> {
        self.queue.failure()
    }

    /// Writes what waits and takes no more. Closing twice is harmless.
    ///
    /// # Errors
    /// [`Error::Failed`] when not everything that was recorded is durable.
    pub fn close(&self) -> Result<(), Error> {
        self.queue.close();
        if let Some(writer) = self.writer.lock().take() {
            let _ = writer.join(); // a panic has already ended the queue as failed
        }
        match self.failure() {
            Some(error @ Error::Failed(_)) => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        let _ = self.close(); // who wants to know calls `close`
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;
    use crate::fixtures::{bytes, entries, open, outcome, record, signer};

    fn fresh() -> (tempfile::TempDir, Ledger) {
        let dir = tempfile::tempdir().unwrap();
        let ledger = open(dir.path());
        (dir, ledger)
    }

    #[tokio::test]
    async fn what_is_acknowledged_is_in_the_file_in_order() {
        let (dir, ledger) = fresh();
        ledger.record(&outcome(0)).unwrap();
        assert_eq!(ledger.record_durably(&outcome(1), DEADLINE).await.unwrap(), EntryIndex(1));
        assert_eq!(entries(dir.path()), [bytes(&outcome(0)), bytes(&outcome(1))]);
        ledger.record(&outcome(2)).unwrap();
        ledger.flush(DEADLINE).await.unwrap();
        assert_eq!(entries(dir.path()).len(), 3);
        assert_eq!(ledger.entries(), 3);
    }

    #[test]
    fn closing_writes_what_waits_and_the_next_opening_goes_on_there() {
        let (dir, ledger) = fresh();
        (0..100).for_each(|n| ledger.record(&outcome(n)).unwrap());
        ledger.close().unwrap();
        assert!(matches!(ledger.record(&outcome(1)), Err(Error::Closed)));
        assert!(matches!(ledger.checkpoint(&signer()), Err(Error::Closed)));
        let again = open(dir.path());
        assert_eq!(again.opening().entries, 100);
        assert_eq!(record(&again, &outcome(100)), 100);
    }

    #[test]
    fn dropping_writes_what_waits() {
        let (dir, ledger) = fresh();
        ledger.record(&outcome(0)).unwrap();
        drop(ledger);
        assert_eq!(entries(dir.path()).len(), 1);
    }

    #[test]
    fn a_second_writer_is_refused_until_the_first_is_gone() {
        let (dir, ledger) = fresh();
        assert!(matches!(Ledger::open(dir.path(), None), Err(Error::InUse(_))));
        drop(ledger);
        assert!(Ledger::open(dir.path(), None).is_ok());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn concurrent_callers_share_the_wait_for_the_disk() {
        let (dir, ledger) = fresh();
        let ledger = Arc::new(ledger);
        let caller = |n| {
            let ledger = Arc::clone(&ledger);
            tokio::spawn(async move {
                for _ in 0..10 {
                    ledger.record_durably(&outcome(n), DEADLINE * 10).await.unwrap();
                }
            })
        };
        for task in (0..64).map(caller).collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(entries(dir.path()).len(), 640);
        assert!(ledger.commits() < 640, "{} commits", ledger.commits());
    }

    /// A log whose entries go to `file`.
    fn on(file: File) -> Ledger {
        Ledger::start(Path::new("nowhere"), file, State::default(), Opening::default()).unwrap()
    }

    #[track_caller]
    fn assert_refuses_for_good(ledger: &Ledger) {
        for _ in 0..2 {
            let recorded = ledger.record_durably_blocking(&outcome(1), DEADLINE);
            assert!(matches!(recorded, Err(Error::Failed(_))), "{recorded:?}");
        }
        assert!(matches!(ledger.record(&outcome(1)), Err(Error::Failed(_))));
        assert!(matches!(ledger.checkpoint(&signer()), Err(Error::Failed(_))));
        assert!(matches!(ledger.failure(), Some(Error::Failed(_))));
        assert!(matches!(ledger.close(), Err(Error::Failed(_))));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_full_disk_ends_the_log_for_good() {
        assert_refuses_for_good(&on(File::options().write(true).open("/dev/full").unwrap()));
    }

    #[test]
    #[cfg(unix)]
    fn a_sync_that_fails_after_a_write_that_went_well_ends_the_log_for_good() {
        let (_reader, pipe) = std::io::pipe().unwrap(); // takes bytes, but cannot be synced
        assert_refuses_for_good(&on(File::from(OwnedFd::from(pipe))));
    }

    #[test]
    fn a_checkpoint_covers_everything_that_was_recorded_before_it() {
        let (_dir, ledger) = fresh();
        for size in 0..20 {
            let checkpoint = ledger.checkpoint(&signer()).unwrap();
            assert_eq!(checkpoint.size(), size);
            ledger.record(&outcome(size as u8)).unwrap();
        }
    }

    #[test]
    fn an_older_checkpoint_does_not_replace_a_newer_one() {
        let (dir, ledger) = fresh();
        let older = ledger.sign(&signer()).unwrap();
        ledger.record(&outcome(0)).unwrap();
        let newer = ledger.checkpoint(&signer()).unwrap();
        ledger.keep(&older).unwrap();
        assert_eq!(files::read_checkpoint(dir.path()).unwrap().unwrap(), newer.as_str());
    }
}
