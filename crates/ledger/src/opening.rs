//! Opening a log: reading all of it once, comparing it with its checkpoint, cutting what a crash left half written.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::Path;

use jiff::Timestamp;
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
    /// When the last entry was recorded, by the clock of that time; none in an empty log.
    pub recorded_until: Option<Timestamp>,
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
    /// The beginning of the last entry, with its time.
    last: Vec<u8>,
}

impl Scan {
    fn new(head: Option<Checkpoint>) -> Result<Self, Error> {
        let heads = Heads::new(head.into_iter().collect());
        let mut scan =
            Self { heads, tree: Tree::default(), unanswered: Unanswered::default(), last: Vec::new() };
        scan.heads.compare(&scan.tree)?;
        Ok(scan)
    }

    fn take(&mut self, entry: &[u8]) -> Result<(), Error> {
        self.unanswered.take(entry);
        self.last.clear();
        self.last.extend(entry.iter().take(TIME_BYTES));
        self.tree.push(record_hash(entry));
        Ok(self.heads.compare(&self.tree)?)
    }

    fn finish(self, cut_bytes: u64) -> Result<(Tree, Opening), Error> {
        let (entries, signed) = (self.tree.size(), self.heads.signed());
        if entries < signed {
            return Err(Error::Shorter { entries, signed });
        }
        let (unanswered, recorded_until) = (self.unanswered.into_ids(), time(&self.last));
        let opening = Opening { entries, signed, cut_bytes, unanswered, recorded_until };
        Ok((self.tree, opening))
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self::Different { signed: mismatch.until }
    }
}

/// The first bytes of an entry, among which its time is.
const TIME_BYTES: usize = 48;

/// When an entry was recorded, from its beginning.
fn time(entry: &[u8]) -> Option<Timestamp> {
    let text = str::from_utf8(entry.strip_prefix(b"{\"at\":\"")?).ok()?;
    text.split('"').next()?.parse().ok()
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

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::io::Write;

    use super::*;
    use crate::Ledger;
    use crate::fixtures::{bytes, entries, intent, log_of, open, outcome, record, request, rewrite, signer};

    fn append(dir: &Path, bytes: &[u8]) {
        OpenOptions::new().append(true).open(files::entries(dir)).unwrap().write_all(bytes).unwrap();
    }

    fn opened(dir: &Path) -> Result<Opening, Error> {
        Ledger::open(dir, Some(signer().verifier_key())).map(|ledger| ledger.opening().clone())
    }

    #[test]
    fn a_torn_tail_is_cut_and_reported_and_the_log_goes_on() {
        let torn = crate::entry::framed(&outcome(9)).unwrap();
        for len in (1..torn.len()).step_by(9) {
            let (dir, _) = log_of(3, &[3]);
            append(dir.path(), &torn[..len]);
            let ledger = open(dir.path());
            assert_eq!((ledger.opening().entries, ledger.opening().cut_bytes), (3, len as u64));
            assert_eq!(record(&ledger, &outcome(3)), 3);
            assert_eq!(entries(dir.path())[3], bytes(&outcome(3)));
        }
    }

    #[test]
    fn pages_that_were_never_written_are_cut() {
        let (dir, _) = log_of(3, &[3]);
        append(dir.path(), &[0; 100_000]);
        assert_eq!(opened(dir.path()).unwrap().cut_bytes, 100_000);
        assert_eq!(opened(dir.path()).unwrap().cut_bytes, 0);
    }

    #[test]
    fn what_no_crash_explains_is_not_cut() {
        let (dir, _) = log_of(3, &[2]);
        let mut file = fs::read(files::entries(dir.path())).unwrap();
        let third = file.len() / 3 * 2;
        file[third] ^= 0x80; // the length of the last, whole entry
        fs::write(files::entries(dir.path()), &file).unwrap();
        assert!(
            matches!(opened(dir.path()), Err(Error::Damaged { index: EntryIndex(2), offset }) if offset == third as u64)
        );
        assert_eq!(fs::read(files::entries(dir.path())).unwrap(), file);
    }

    #[test]
    fn a_log_shorter_than_its_checkpoint_is_refused_and_left_as_it_is() {
        let (dir, _) = log_of(3, &[3]);
        let file = fs::read(files::entries(dir.path())).unwrap();
        for len in (0..file.len()).step_by(9) {
            fs::write(files::entries(dir.path()), &file[..len]).unwrap();
            assert!(matches!(opened(dir.path()), Err(Error::Shorter { signed: 3, .. })), "{len}");
            assert_eq!(fs::read(files::entries(dir.path())).unwrap(), &file[..len]);
        }
    }

    #[test]
    fn a_log_different_from_its_checkpoint_is_refused() {
        let (dir, _) = log_of(3, &[3]);
        let mut changed = entries(dir.path());
        changed.swap(0, 1);
        rewrite(dir.path(), &changed);
        assert!(matches!(opened(dir.path()), Err(Error::Different { signed: 3 })));
    }

    #[test]
    fn a_checkpoint_by_someone_else_is_refused_when_the_key_is_known() {
        let (dir, _) = log_of(3, &[3]);
        let other = crate::CheckpointSigner::from_seed(signer().name(), &[8; 32]).unwrap();
        assert!(matches!(Ledger::open(dir.path(), Some(other.verifier_key())), Err(Error::Checkpoint(_))));
        assert!(Ledger::open(dir.path(), None).is_ok());
    }

    #[test]
    fn the_time_of_the_last_entry_is_known() {
        assert_eq!(opened(log_of(0, &[]).0.path()).unwrap().recorded_until, None);
        let (dir, _) = log_of(2, &[]);
        let last: serde_json::Value = serde_json::from_slice(&entries(dir.path())[1]).unwrap();
        let at = last["at"].as_str().unwrap().parse().unwrap();
        assert_eq!(opened(dir.path()).unwrap().recorded_until, Some(at));
    }

    #[test]
    fn an_intent_without_an_outcome_is_reported() {
        let (dir, _) = log_of(0, &[]);
        let ledger = open(dir.path());
        [intent(1), intent(2), outcome(1), intent(3), outcome(3)]
            .iter()
            .for_each(|event| ledger.record(event).unwrap());
        ledger.close().unwrap();
        assert_eq!(opened(dir.path()).unwrap().unanswered, [request(2)]);
    }
}
