//! Checking the whole log against everything that was ever signed about it.

use std::path::Path;

use serde::Serialize;
use thiserror::Error;
use tlog_tiles::record_hash;

use crate::entry::{Entries, Found};
use crate::files::{self, failed};
use crate::heads::{Heads, Mismatch};
use crate::torn::torn_tail;
use crate::tree::Tree;
use crate::{Checkpoint, CheckpointError, EntryIndex, Error, VerifierKey};

/// What a sound log was found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// How many entries there are.
    pub entries: u64,
    /// How many of them a checkpoint covers: these are proven.
    pub signed: u64,
    /// How many came after it: these are only as trustworthy as the disk.
    pub unsigned: u64,
    /// How many checkpoints from elsewhere agreed.
    pub anchors: usize,
    /// How many bytes lie behind them of an entry that is being written, or was when the power went.
    pub incomplete_bytes: u64,
}

/// What is wrong with the log.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Broken {
    /// The log cannot be read at all.
    #[error(transparent)]
    Unreadable(#[from] Error),
    /// There is no checkpoint, so nothing can be proven.
    #[error(
        "there is no checkpoint, so nothing can be proven: it was removed, or the vault was never unsealed to sign one"
    )]
    NoCheckpoint,
    /// The log's own checkpoint is not genuine.
    #[error("the log's checkpoint is not genuine")]
    Checkpoint(#[source] CheckpointError),
    /// A checkpoint from elsewhere is not genuine, or of another log.
    #[error("checkpoint {number} of those given is not genuine")]
    Anchor {
        /// Which, counted from 1.
        number: usize,
        /// Why.
        source: CheckpointError,
    },
    /// Entries that were signed are missing at the end.
    #[error("the log was cut: it ends after {entries} entries, but {signed} were signed")]
    Shorter {
        /// The entries there are.
        entries: u64,
        /// The entries that were signed.
        signed: u64,
    },
    /// Entries are not what was signed: edited, removed, inserted or reordered.
    #[error("the log was changed: somewhere from entry {from} up to entry {to} it is not what was signed")]
    Changed {
        /// The first entry that no agreeing checkpoint covers.
        from: EntryIndex,
        /// The last entry that the disagreeing checkpoint covers.
        to: EntryIndex,
    },
    /// The bytes are no entry.
    #[error("the log is damaged: at byte {offset} of entries.log there is no entry {index}")]
    NotAnEntry {
        /// The entry that should be there.
        index: EntryIndex,
        /// Where.
        offset: u64,
    },
    /// The log has no such entry, or no checkpoint covers it yet.
    #[error("no checkpoint covers entry {index}: the latest covers {signed} entries")]
    NotSigned {
        /// The entry that was asked for.
        index: EntryIndex,
        /// The entries that were signed.
        signed: u64,
    },
}

impl From<Mismatch> for Broken {
    fn from(mismatch: Mismatch) -> Self {
        Self::Changed { from: EntryIndex(mismatch.from), to: EntryIndex(mismatch.until.saturating_sub(1)) }
    }
}

/// Recomputes the whole tree and compares it with the log's checkpoint and with every anchor.
///
/// An anchor is the text of a checkpoint of this log, of any age, that was kept elsewhere. Needs no lock; the log may
/// grow meanwhile.
///
/// # Errors
/// [`Broken`] says what is wrong, and where, as closely as the checkpoints allow.
pub fn verify(dir: &Path, key: &VerifierKey, anchors: &[&str]) -> Result<Report, Broken> {
    let mut heads = genuine(key, anchors)?;
    // Read before the entries: what it covers is then in them.
    let text = files::read_checkpoint(dir)?.ok_or(Broken::NoCheckpoint)?;
    heads.push(Checkpoint::verified(&text, key).map_err(Broken::Checkpoint)?);
    let mut heads = Heads::new(heads);
    let mut tree = Tree::default();
    let incomplete_bytes = compare(dir, &mut heads, &mut tree)?;
    let (entries, signed) = (tree.size(), heads.signed());
    if entries < signed {
        return Err(Broken::Shorter { entries, signed });
    }
    Ok(Report { entries, signed, unsigned: entries - signed, anchors: anchors.len(), incomplete_bytes })
}

fn genuine(key: &VerifierKey, anchors: &[&str]) -> Result<Vec<Checkpoint>, Broken> {
    let check = |(i, text): (usize, &&str)| {
        Checkpoint::verified(text, key).map_err(|source| Broken::Anchor { number: i + 1, source })
    };
    anchors.iter().enumerate().map(check).collect()
}

/// Grows the tree by all entries; gives how many bytes of an incomplete one follow.
fn compare(dir: &Path, heads: &mut Heads, tree: &mut Tree) -> Result<u64, Broken> {
    let path = files::entries(dir);
    let entries = Entries::from(files::open_to_read(dir)?, 0, 0);
    let mut entries = entries.map_err(failed(&path, "read"))?;
    heads.compare(tree)?;
    loop {
        match entries.next().map_err(failed(&path, "read"))? {
            Found::Entry(entry) => tree.push(record_hash(entry)),
            Found::End => return Ok(0),
            Found::NoEntry => break,
        }
        heads.compare(tree)?;
    }
    let (index, offset) = (EntryIndex(entries.index()), entries.offset());
    let tail = torn_tail(entries.into_file(), offset).map_err(failed(&path, "read"))?;
    tail.ok_or(Broken::NotAnEntry { index, offset })
}
