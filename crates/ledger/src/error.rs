//! Why an entry was not recorded, or the log not opened.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use crate::{CheckpointError, EntryIndex, MAX_ENTRY};

/// Why an entry was not recorded, or the log not opened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Another process writes to this log.
    #[error("the audit log in {0} is in use: another Keyward runs on this data directory")]
    InUse(PathBuf),
    /// A file of the log cannot be read or written.
    #[error("the audit log's {path} cannot be {done}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// What was tried, as a participle.
        done: &'static str,
        /// What the operating system said.
        source: io::Error,
    },
    /// The bytes at this place are not an entry, and not what a crash leaves behind.
    #[error(
        "the audit log is damaged: at byte {offset} there is no entry {index}; keep the directory as it is, run \
         `keyward audit verify`, and move it aside to start a new log"
    )]
    Damaged {
        /// The entry that should be there.
        index: EntryIndex,
        /// Where in `entries.log`.
        offset: u64,
    },
    /// The log holds fewer entries than its checkpoint signed.
    #[error("the audit log was cut: it holds {entries} entries, but its checkpoint signed {signed}")]
    Shorter {
        /// The entries there are.
        entries: u64,
        /// The entries that were signed.
        signed: u64,
    },
    /// The entries are not those that the checkpoint signed.
    #[error("the audit log was changed: its first {signed} entries are not those that its checkpoint signed")]
    Different {
        /// The entries that were signed.
        signed: u64,
    },
    /// The checkpoint is not one.
    #[error("the audit log's checkpoint cannot be trusted")]
    Checkpoint(#[from] CheckpointError),
    /// The event is longer than an entry can be.
    #[error("the event is {0} bytes long; an audit entry has at most {MAX_ENTRY}")]
    TooLong(usize),
    /// The event does not serialise.
    #[error("the event cannot be written as JSON")]
    Unserialisable(#[source] serde_json::Error),
    /// More is waiting to be written than may wait.
    #[error("the audit log cannot keep up: too much is waiting for the disk")]
    Full,
    /// The disk did not confirm in time. The entry may still be written.
    #[error("the disk did not confirm the audit entry in time")]
    Timeout,
    /// Writing failed once; what the disk holds is unknown since, so nothing is recorded any more.
    #[error("the audit log failed and takes no more entries until Keyward is restarted: {0}")]
    Failed(Arc<str>),
    /// The log was closed.
    #[error("the audit log is closed")]
    Closed,
}
