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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use proptest::strategy::ValueTree;
    use tempfile::TempDir;

    use super::*;
    use crate::Ledger;
    use crate::entry::unframed;
    use crate::fixtures::{bytes, entries, log_of, open, outcome, reframed, rewrite, signer};

    fn check(dir: &TempDir, anchors: &[&str]) -> Result<Report, Broken> {
        verify(dir.path(), signer().verifier_key(), anchors)
    }

    #[test]
    fn a_sound_log_is_reported_with_what_is_proven() {
        let (dir, checkpoints) = log_of(10, &[0, 3, 7]);
        let anchors: Vec<_> = checkpoints.iter().map(String::as_str).collect();
        let report = Report { entries: 10, signed: 7, unsigned: 3, anchors: 3, incomplete_bytes: 0 };
        assert_eq!(check(&dir, &anchors).unwrap(), report);
    }

    #[test]
    fn an_entry_that_is_being_written_is_not_damage() {
        let (dir, _) = log_of(3, &[3]);
        let path = files::entries(dir.path());
        let half = [fs::read(&path).unwrap(), b"\x00\x40{\"at\"".to_vec()].concat();
        fs::write(&path, half).unwrap();
        assert_eq!(check(&dir, &[]).unwrap().incomplete_bytes, 7);
    }

    #[test]
    fn a_change_is_located_between_two_checkpoints() {
        let (dir, checkpoints) = log_of(30, &[10, 20, 30]);
        let anchors: Vec<_> = checkpoints.iter().map(String::as_str).collect();
        let mut changed = entries(dir.path());
        changed[15] = bytes(&outcome(99));
        rewrite(dir.path(), &changed);
        let located = check(&dir, &anchors).unwrap_err();
        assert!(matches!(located, Broken::Changed { from: EntryIndex(10), to: EntryIndex(19) }), "{located}");
    }

    #[test]
    fn a_rollback_to_an_older_checkpoint_is_found_by_a_newer_one_from_elsewhere() {
        let (dir, checkpoints) = log_of(20, &[10, 20]);
        fs::write(files::checkpoint(dir.path()), &checkpoints[0]).unwrap();
        rewrite(dir.path(), &entries(dir.path())[..10]);
        assert!(check(&dir, &[]).is_ok()); // nothing in the directory tells
        let found = check(&dir, &[&checkpoints[1]]).unwrap_err();
        assert!(matches!(found, Broken::Shorter { entries: 10, signed: 20 }), "{found}");
    }

    #[test]
    fn a_new_story_under_the_same_key_is_found_by_an_older_checkpoint() {
        let (_, told) = log_of(10, &[10]);
        let (dir, _) = log_of(0, &[]);
        let ledger = open(dir.path());
        (100..120).for_each(|n| ledger.record(&outcome(n)).unwrap());
        ledger.checkpoint(&signer()).unwrap();
        assert!(check(&dir, &[]).is_ok());
        assert!(matches!(check(&dir, &[&told[0]]), Err(Broken::Changed { .. })));
    }

    #[test]
    fn a_checkpoint_that_is_gone_or_not_genuine_proves_nothing() {
        let (dir, checkpoints) = log_of(3, &[3]);
        let other = crate::CheckpointSigner::from_seed(signer().name(), &[8; 32]).unwrap();
        let foreign = verify(dir.path(), other.verifier_key(), &[]);
        assert!(matches!(foreign, Err(Broken::Checkpoint(CheckpointError::Signature))));
        let anchored = check(&dir, &[&checkpoints[0], "not a checkpoint"]);
        assert!(matches!(anchored, Err(Broken::Anchor { number: 2, source: CheckpointError::Format })));
        fs::remove_file(files::checkpoint(dir.path())).unwrap();
        assert!(matches!(check(&dir, &[]), Err(Broken::NoCheckpoint)));
    }

    #[test]
    fn a_log_can_be_verified_while_it_grows() {
        let (dir, _) = log_of(0, &[0]);
        let ledger = open(dir.path());
        std::thread::scope(|scope| {
            scope.spawn(|| {
                for n in 0..2000_u32 {
                    ledger.record(&outcome(n as u8)).unwrap();
                    if n % 500 == 0 {
                        ledger.checkpoint(&signer()).unwrap();
                    }
                }
            });
            while ledger.entries() < 1500 {
                check(&dir, &[]).unwrap();
            }
        });
    }

    /// What somebody may do to a log; places are taken modulo what there is.
    #[derive(Clone, Debug)]
    enum Tampering {
        Flip(usize),
        Cut(usize),
        Remove(usize),
        Swap(usize, usize),
        Repeat(usize),
        Insert(usize),
        Edit(usize),
    }
    use Tampering::*;

    fn any_tampering() -> impl Strategy<Value = Tampering> {
        let place = 0..usize::MAX;
        prop_oneof![
            place.clone().prop_map(Flip),
            place.clone().prop_map(Cut),
            place.clone().prop_map(Remove),
            (place.clone(), place.clone()).prop_map(|(one, other)| Swap(one, other)),
            place.clone().prop_map(Repeat),
            place.clone().prop_map(Insert),
            place.prop_map(Edit),
        ]
    }

    fn tampered(file: &[u8], tampering: &Tampering) -> Vec<u8> {
        let mut log: Vec<_> = unframed(file).map(<[u8]>::to_vec).collect();
        let count = log.len();
        match *tampering {
            Flip(bit) => {
                let mut file = file.to_vec();
                let place = bit / 8 % file.len();
                file[place] ^= 1 << (bit % 8);
                return file;
            }
            Cut(len) => return file[..len % file.len()].to_vec(),
            Remove(place) => drop(log.remove(place % count)),
            Swap(one, other) => log.swap(one % count, other % count),
            Repeat(place) => log.insert(place % count, log[place % count].clone()),
            Insert(place) => log.insert(place % count, bytes(&outcome(200))),
            Edit(place) => log[place % count] = bytes(&outcome(201)),
        }
        reframed(&log)
    }

    /// A log of 40 entries, all of them signed.
    static SIGNED: LazyLock<TempDir> = LazyLock::new(|| log_of(40, &[40]).0);
    static FILE: LazyLock<Vec<u8>> = LazyLock::new(|| fs::read(files::entries(SIGNED.path())).unwrap());

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn whatever_is_done_to_signed_entries_is_found(tampering in any_tampering()) {
            let file = tampered(&FILE, &tampering);
            prop_assume!(!file.starts_with(&FILE)); // else nothing signed is touched
            let dir = &*SIGNED;
            fs::write(files::entries(dir.path()), file).unwrap();
            prop_assert!(check(dir, &[]).is_err());
            prop_assert!(Ledger::open(dir.path(), None).is_err());
        }
    }

    /// The whole of it is ten thousand, half of them on a log that its thief has also given an older checkpoint.
    #[test]
    fn soak_of_mutations_finds_every_one_by_a_checkpoint_from_elsewhere() {
        let count = if std::env::var_os("KEYWARD_SOAK").is_some() { 10_000 } else { 300 };
        let (dir, checkpoints) = log_of(40, &[20, 40]);
        let file = fs::read(files::entries(dir.path())).unwrap();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut found = 0;
        while found < count {
            let tampering = any_tampering().new_tree(&mut runner).unwrap().current();
            let changed = tampered(&file, &tampering);
            if changed.starts_with(&file) {
                continue; // nothing that was signed is touched
            }
            fs::write(files::entries(dir.path()), changed).unwrap();
            fs::write(files::checkpoint(dir.path()), &checkpoints[found % 2]).unwrap();
            assert!(check(&dir, &[&checkpoints[1]]).is_err(), "{tampering:?}");
            found += 1;
        }
    }

    #[test]
    fn every_changed_byte_of_the_checkpoint_is_found() {
        let (dir, checkpoints) = log_of(3, &[3]);
        for place in 0..checkpoints[0].len() {
            let mut text = checkpoints[0].clone().into_bytes();
            text[place] ^= 1;
            fs::write(files::checkpoint(dir.path()), text).unwrap();
            assert!(check(&dir, &[]).is_err(), "byte {place}");
        }
    }
}
