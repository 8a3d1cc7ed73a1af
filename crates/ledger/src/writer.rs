//! The one thread that writes: everything that waits, then one `fdatasync`, then everyone is told.

use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::entry::unframed;
use crate::queue::{Batch, End, Queue};
use crate::state::State;

/// Writes what comes through the queue.
pub(crate) struct Writer {
    pub(crate) file: File,
    pub(crate) queue: Arc<Queue>,
    /// What is known of what is durable.
    pub(crate) state: Arc<Mutex<State>>,
}

impl Writer {
    /// Runs until the queue is closed or the disk fails.
    ///
    /// The state is locked before the waiters are told and updated after: they need not wait for the hashing, and who
    /// looks at the state next still finds their entries in it.
    pub(crate) fn run(mut self) {
        let mut batch = Batch::default();
        while let Some(size) = self.queue.take(&mut batch) {
            if let Err(error) = self.commit(&batch.bytes) {
                return self.queue.end(End::Failed(error.to_string().into()));
            }
            let mut state = self.state.lock();
            self.queue.committed(size, &mut batch);
            unframed(&batch.bytes).for_each(|entry| state.take(entry));
            batch.bytes.clear();
        }
        self.queue.end(End::Closed);
    }

    /// Never tried twice: after a failed fsync the kernel may have dropped the pages and report success for nothing.
    fn commit(&mut self, batch: &[u8]) -> io::Result<()> {
        self.file.write_all(batch)?;
        self.file.sync_data()
    }
}

impl Drop for Writer {
    /// A panic must not leave callers waiting for a thread that is gone.
    fn drop(&mut self) {
        self.queue.end(End::Failed("its writer stopped".into()));
    }
}
