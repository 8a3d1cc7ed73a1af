//! Opening a log: reading it, comparing it with its checkpoint, cutting what a crash left half written.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use jiff::Timestamp;
use keyward_policy::{ApprovalId, RequestId};

use crate::entry::{Entries, Found};
use crate::files::{self, failed};
use crate::heads::{Heads, Mismatch};
use crate::state::State;
use crate::torn::torn_tail;
use crate::{Checkpoint, Cursor, EntryIndex, Error, VerifierKey};

/// What was found when the log was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// How many entries there are.
    pub entries: u64,
    /// How many of them the latest checkpoint covers.
    pub signed: u64,
    /// Where reading began: at the log's beginning, or behind what the latest checkpoint covers. What lies before was
    /// not looked at: [`verify()`](crate::verify()) does.
    pub read_from: Cursor,
    /// How many bytes of a last entry were cut that a crash had left half written. Nobody was told that it was durable.
    pub cut_bytes: u64,
    /// The requests whose intent has no outcome, in no order: Keyward died while they were on their way. What the
    /// exchange did with them is unknown; they must be reported, never sent again.
    pub unanswered: Vec<RequestId>,
    /// The approvals that have no end, in no order: Keyward died while they waited, which denies them.
    pub waiting: Vec<ApprovalId>,
    /// When the last entry was recorded, by the clock of that time; none in an empty log.
    pub recorded_until: Option<Timestamp>,
}

/// Reads the log through, cuts a torn tail, and gives the state behind it.
pub(crate) fn read_through(
    dir: &Path,
    file: &File,
    key: Option<&VerifierKey>,
) -> Result<(State, Opening), Error> {
    let scan = Scan::new(signed_head(dir, key)?, State::default())?;
    read(dir, file, scan)
}

/// The same without what the latest checkpoint covers, where the state of that is at hand: what was signed vouches for
/// the state's tree, so that a state of anything else is not taken. Reads the whole log where it has to.
pub(crate) fn read_the_rest(dir: &Path, file: &File, key: &VerifierKey) -> Result<(State, Opening), Error> {
    let head = signed_head(dir, Some(key))?;
    let state = State::stored(dir).filter(|state| {
        let signed = head
            .as_ref()
            .is_some_and(|head| head.size() == state.tree.size() && head.covers(state.tree.root()));
        signed && ends_an_entry(file, state.bytes)
    });
    read(dir, file, Scan::new(head, state.unwrap_or_default())?)
}

/// Whether an entry can end here.
fn ends_an_entry(mut file: &File, offset: u64) -> bool {
    let mut last = [0];
    let found = file.seek(SeekFrom::Start(offset.saturating_sub(1))).and_then(|_| file.read_exact(&mut last));
    found.is_ok() && last == *b"}"
}

fn read(dir: &Path, file: &File, mut scan: Scan) -> Result<(State, Opening), Error> {
    let path = files::entries(dir);
    let copy = file.try_clone().and_then(|copy| Entries::from(copy, scan.from.index, scan.from.offset));
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

/// The reading of a log, so far.
struct Scan {
    heads: Heads,
    state: State,
    from: Cursor,
}

impl Scan {
    fn new(head: Option<Checkpoint>, state: State) -> Result<Self, Error> {
        let from = Cursor { index: state.tree.size(), offset: state.bytes };
        let mut scan = Self { heads: Heads::new(head.into_iter().collect()), state, from };
        scan.heads.compare(&scan.state.tree)?;
        Ok(scan)
    }

    fn take(&mut self, entry: &[u8]) -> Result<(), Error> {
        self.state.take(entry);
        Ok(self.heads.compare(&self.state.tree)?)
    }

    fn finish(self, cut_bytes: u64) -> Result<(State, Opening), Error> {
        let (entries, signed) = (self.state.tree.size(), self.heads.signed());
        if entries < signed {
            return Err(Error::Shorter { entries, signed });
        }
        let (unanswered, recorded_until) = (self.state.unanswered(), self.state.recorded_until());
        let (read_from, waiting) = (self.from, self.state.waiting());
        let opening = Opening { entries, signed, read_from, cut_bytes, unanswered, waiting, recorded_until };
        Ok((self.state, opening))
    }
}

impl From<Mismatch> for Error {
    fn from(mismatch: Mismatch) -> Self {
        Self::Different { signed: mismatch.until }
    }
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

    fn resumed(dir: &Path) -> Result<Opening, Error> {
        Ledger::resume(dir, signer().verifier_key()).map(|ledger| ledger.opening().clone())
    }

    #[test]
    fn what_was_signed_is_not_read_again_and_the_rest_is() {
        let (dir, _) = log_of(0, &[]);
        let ledger = open(dir.path());
        [intent(1), intent(2), outcome(1)].iter().for_each(|event| ledger.record(event).unwrap());
        ledger.checkpoint(&signer()).unwrap();
        [intent(3), intent(4), outcome(4)].iter().for_each(|event| ledger.record(event).unwrap());
        ledger.close().unwrap();
        let mut quick = resumed(dir.path()).unwrap();
        assert_eq!((quick.read_from.index, quick.entries, quick.signed), (3, 6, 3));
        let mut whole = opened(dir.path()).unwrap();
        quick.unanswered.sort_by_key(ToString::to_string);
        whole.unanswered.sort_by_key(ToString::to_string);
        assert_eq!(quick, Opening { read_from: quick.read_from, ..whole });
        assert_eq!(quick.unanswered, [request(2), request(3)]);
        let ledger = Ledger::resume(dir.path(), signer().verifier_key()).unwrap();
        assert_eq!(record(&ledger, &outcome(2)), 6);
        ledger.checkpoint(&signer()).unwrap();
        drop(ledger);
        assert_eq!(opened(dir.path()).unwrap().signed, 7, "the tree went on rightly");
    }

    #[test]
    fn a_state_that_the_checkpoint_does_not_vouch_for_is_not_taken() {
        let (dir, _) = log_of(6, &[3, 6]);
        let other = log_of(5, &[5]).0;
        fs::copy(files::state(other.path()), files::state(dir.path())).unwrap();
        assert_eq!(resumed(dir.path()).unwrap().read_from, Cursor::default());
        fs::remove_file(files::state(dir.path())).unwrap();
        assert_eq!(resumed(dir.path()).unwrap().read_from, Cursor::default());
    }

    #[test]
    fn a_cut_log_is_refused_however_it_is_opened() {
        let (dir, _) = log_of(3, &[3]);
        let file = fs::read(files::entries(dir.path())).unwrap();
        for len in 0..file.len() {
            fs::write(files::entries(dir.path()), &file[..len]).unwrap();
            assert!(matches!(resumed(dir.path()), Err(Error::Shorter { signed: 3, .. })), "{len}");
        }
    }
}
