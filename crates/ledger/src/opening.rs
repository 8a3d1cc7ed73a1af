//! Opening a log: reading all of it once, comparing it with its checkpoint, cutting what a crash left half written.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::Path;

use keyward_policy::RequestId;
use tlog_tiles::record_hash;

use crate::entry::{Entries, Found};
use crate::files::{self, failed};
use crate::heads::{Heads, Mismatch};
use crate::torn::torn_tail;
use crate::tree::Tree;
use crate::{Checkpoint, EntryIndex, Error, VerifierKey};

/// What was found when the log was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// How many entries there are.
    pub entries: u64,
    /// How many of them the latest checkpoint covers.
    pub signed: u64,
    /// How many bytes of a last entry were cut that a crash had left half written. Nobody was told that it was durable.
    pub cut_bytes: u64,
    /// The requests whose intent has no outcome, in no order: Keyward died while they were on their way. What the
    /// exchange did with them is unknown; they must be reported, never sent again.
    pub unanswered: Vec<RequestId>,
}

/// Reads the log through, cuts a torn tail, and gives the tree.
pub(crate) fn read_through(
    dir: &Path,
    file: &File,
    key: Option<&VerifierKey>,
) -> Result<(Tree, Opening), Error> {
    let path = files::entries(dir);
    let mut scan = Scan::new(signed_head(dir, key)?)?;
    let copy = file.try_clone().and_then(|copy| Entries::from(copy, 0, 0));
    let mut entries = copy.map_err(failed(&path, "read"))?;
    loop {
        match entries.next().map_err(failed(&path, "read"))? {
            Found::Entry(entry) => scan.take(entry)?,
            Found::End => return scan.finish(0),
            Found::NoEntry => break,
        }
    }
    let (index, offset) = (EntryIndex(entries.index()), entries.offset());
    let tail = torn_tail(entries.into_file(), offset).map_err(failed(&path, "read"))?;
    let done = scan.finish(tail.ok_or(Error::Damaged { index, offset })?)?;
    cut(file, offset).map_err(failed(&path, "cut"))?;
    Ok(done)
}

/// The latest checkpoint, if there is one.
fn signed_head(dir: &Path, key: Option<&VerifierKey>) -> Result<Option<Checkpoint>, Error> {
    let Some(text) = files::read_checkpoint(dir)? else { return Ok(None) };
    let checkpoint = match key {
        Some(key) => Checkpoint::verified(&text, key),
        None => Checkpoint::unverified(&text),
    };
    Ok(Some(checkpoint?))
}

fn cut(file: &File, offset: u64) -> io::Result<()> {
    file.set_len(offset)?;
    file.sync_all()
}

/// What is known of the entries so far.
struct Scan {
    heads: Heads,
    tree: Tree,
    unanswered: Unanswered,
}

impl Scan {
    fn new(head: Option<Checkpoint>) -> Result<Self, Error> {
        let heads = Heads::new(head.into_iter().collect());
        let mut scan = Self { heads, tree: Tree::default(), unanswered: Unanswered::default() };
        scan.heads.compare(&scan.tree)?;
        Ok(scan)
    }

    fn take(&mut self, entry: &[u8]) -> Result<(), Error> {
        self.unanswered.take(entry);
        self.tree.push(record_hash(entry));
        Ok(self.heads.compare(&self.tree)?)
    }

    fn finish(self, cut_bytes: u64) -> Result<(Tree, Opening), Error> {
        let (entries, signed) = (self.tree.size(), self.heads.signed());
        if entries < signed {
            return Err(Error::Shorter { entries, signed });
        }
        let opening = Opening { entries, signed, cut_bytes, unanswered: self.unanswered.into_ids() };
        Ok((self.tree, opening))
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self::Different { signed: mismatch.until }
    }
}

/// The id of a request as its text, without the prefix: shorter to hash than to parse.
type Id = [u8; 26];

/// The intents that no outcome followed so far.
#[derive(Default)]
struct Unanswered(HashSet<Id>);

impl Unanswered {
    /// Reads no JSON, for speed: our own entries all begin with their time, then their kind, then the request's id.
    fn take(&mut self, entry: &[u8]) {
        let Some(kind) = entry.iter().position(|&byte| byte == b',') else { return };
        if let Some(id) = id_behind(b",\"event\":\"intent\",\"request\":\"req_", &entry[kind..]) {
            self.0.insert(id);
        } else if let Some(id) = id_behind(b",\"event\":\"outcome\",\"request\":\"req_", &entry[kind..]) {
            self.0.remove(&id);
        }
    }

    fn into_ids(self) -> Vec<RequestId> {
        let text = |id: Id| format!("req_{}", String::from_utf8_lossy(&id));
        self.0.into_iter().filter_map(|id| text(id).parse().ok()).collect()
    }
}

fn id_behind(beginning: &[u8], entry: &[u8]) -> Option<Id> {
    entry.strip_prefix(beginning)?.first_chunk().copied()
}
