//! Proofs that one entry is in the log, for people who are not to see the others.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use thiserror::Error;
use tlog_tiles::{EMPTY_HASH, Hash, HashReader, check_record, prove_record, record_hash, stored_hash_index};

use crate::export::check;
use crate::files;
use crate::read::{Cursor, each};
use crate::tree::Tree;
use crate::{Broken, Checkpoint, CheckpointError, Entry, EntryIndex, VerifierKey};

const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// A path through a tree of 2⁶⁴ leaves has no more hashes.
const MAX_HASHES: usize = 64;

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// The text is not a proof.
    #[error("this is not a proof (a C2SP tlog-proof)")]
    Format,
    /// The checkpoint in it is not genuine.
    #[error("the proof's checkpoint is not genuine")]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the tree at this place.
    #[error("the proof does not fit: this entry is not in the log at this place")]
    NotIncluded,
}

/// The proof that an entry is in the log: a path of hashes to a checkpoint's root.
///
/// Its text is a [C2SP tlog-proof](https://c2sp.org/tlog-proof); its file extension `.tlog-proof`.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    index: u64,
    path: Vec<Hash>,
    checkpoint: String,
}

/// The entry at `index`, and the proof that the latest checkpoint covers it.
///
/// # Errors
/// [`Broken::NotSigned`]; and the rest of [`Broken`] when the entries are not what the checkpoint says.
pub fn prove(dir: &Path, index: EntryIndex) -> Result<(Entry, Proof), Broken> {
    let text = files::read_checkpoint(dir)?.ok_or(Broken::NoCheckpoint)?;
    let head = Checkpoint::unverified(&text).map_err(Broken::Checkpoint)?;
    let not_signed = || Broken::NotSigned { index, signed: head.size() };
    let nodes = nodes_of_path(head.size(), index.0).ok_or_else(not_signed)?;
    let (entry, nodes) = collect(dir, &head, index.0, nodes)?;
    let path = prove_record(head.size(), index.0, &nodes).map_err(|_| not_signed())?;
    Ok((entry.ok_or_else(not_signed)?, Proof { index: index.0, path, checkpoint: text }))
}

/// Grows the tree that was signed and keeps the entry and the nodes that are asked for.
fn collect(
    dir: &Path,
    head: &Checkpoint,
    wanted: u64,
    mut nodes: Nodes,
) -> Result<(Option<Entry>, Nodes), Broken> {
    let mut tree = Tree::default();
    let mut entry = None;
    each(dir, Cursor::default(), |index, json| {
        if index == head.size() {
            return Ok(false);
        }
        if index == wanted {
            entry = Some(Entry { index: EntryIndex(index), json: json.to_vec() });
        }
        tree.push_with(record_hash(json), |level, place, hash| nodes.complete(level, place, hash));
        Ok(true)
    })?;
    check(head, &tree)?;
    Ok((entry, nodes))
}

/// The nodes of the tree that a proof consists of; none when the tree has no such leaf.
fn nodes_of_path(size: u64, index: u64) -> Option<Nodes> {
    let asked = Asked::default();
    prove_record(size, index, &asked).ok()?;
    Some(Nodes(asked.0.into_inner().into_iter().map(|node| (node, EMPTY_HASH)).collect()))
}

/// Notes which nodes a proof would read.
#[derive(Default)]
struct Asked(RefCell<Vec<u64>>);

impl HashReader for Asked {
    fn read_hashes(&self, nodes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        self.0.borrow_mut().extend_from_slice(nodes);
        Ok(vec![EMPTY_HASH; nodes.len()])
    }
}

/// Nodes by their place in the library's dense numbering.
struct Nodes(HashMap<u64, Hash>);

impl Nodes {
    fn complete(&mut self, level: u8, place: u64, hash: Hash) {
        if let Some(node) = self.0.get_mut(&stored_hash_index(level, place)) {
            *node = hash;
        }
    }
}

impl HashReader for Nodes {
    fn read_hashes(&self, nodes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let hash = |node| self.0.get(node).copied().ok_or(tlog_tiles::Error::IndexesNotInTree);
        nodes.iter().map(hash).collect()
    }
}

impl Proof {
    /// Where the entry is in the log.
    pub fn index(&self) -> EntryIndex {
        EntryIndex(self.index)
    }

    /// Checks that these exact bytes are the entry at [`Self::index`] of the log that `key` signs for; gives the
    /// checkpoint that covers it.
    ///
    /// # Errors
    /// [`ProofError::Checkpoint`]; [`ProofError::NotIncluded`].
    pub fn verify(&self, entry: &[u8], key: &VerifierKey) -> Result<Checkpoint, ProofError> {
        let head = Checkpoint::verified(&self.checkpoint, key)?;
        check_record(&self.path, head.size(), Hash(head.root()), self.index, record_hash(entry))
            .map_err(|_| ProofError::NotIncluded)?;
        Ok(head)
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\nindex {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Proof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, ProofError> {
        parse(text).ok_or(ProofError::Format)
    }
}

fn parse(text: &str) -> Option<Proof> {
    let (head, checkpoint) = text.split_once("\n\n")?;
    let mut lines = head.split('\n');
    (lines.next()? == HEADER).then_some(())?;
    let mut line = lines.next()?;
    if line.starts_with("extra ") {
        line = lines.next()?; // not authenticated, so not of use
    }
    let number = line.strip_prefix("index ")?;
    let index: u64 = number.parse().ok()?;
    let path: Vec<_> = lines.take(MAX_HASHES + 1).map(Hash::parse_hash).collect::<Result<_, _>>().ok()?;
    let canonical = number == index.to_string() && path.len() <= MAX_HASHES;
    canonical.then(|| Proof { index, path, checkpoint: checkpoint.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{bytes, log_of, outcome, rewrite, signer};

    #[test]
    fn every_entry_of_logs_of_many_sizes_is_proven() {
        for size in [1, 2, 3, 7, 8, 20] {
            let (dir, checkpoints) = log_of(size + 2, &[size]);
            for index in 0..size {
                let (entry, proof) = prove(dir.path(), EntryIndex(index)).unwrap();
                assert_eq!(entry.json, bytes(&outcome(index as u8)));
                let proof: Proof = proof.to_string().parse().unwrap();
                let head = proof.verify(&entry.json, signer().verifier_key()).unwrap();
                assert_eq!(head.as_str(), checkpoints[0]);
            }
            let unsigned = prove(dir.path(), EntryIndex(size));
            assert!(matches!(unsigned, Err(Broken::NotSigned { signed, .. }) if signed == size));
        }
    }

    #[test]
    fn a_proof_fits_its_entry_its_place_and_its_key_alone() {
        let (dir, _) = log_of(5, &[5]);
        let key = signer();
        let (entry, proof) = prove(dir.path(), EntryIndex(2)).unwrap();
        let refusal = |proof: &Proof, entry: &[u8]| proof.verify(entry, key.verifier_key()).err();
        assert_eq!(refusal(&proof, &entry.json), None);
        assert_eq!(refusal(&proof, b"{}"), Some(ProofError::NotIncluded));
        for index in [0, 1, 3, 4, 5, u64::MAX] {
            assert_eq!(
                refusal(&Proof { index, ..proof.clone() }, &entry.json),
                Some(ProofError::NotIncluded)
            );
        }
        for len in 0..proof.path.len() {
            let path = proof.path[..len].to_vec();
            assert_eq!(refusal(&Proof { path, ..proof.clone() }, &entry.json), Some(ProofError::NotIncluded));
        }
        let other = crate::CheckpointSigner::from_seed(key.name(), &[8; 32]).unwrap();
        let foreign = proof.verify(&entry.json, other.verifier_key());
        assert_eq!(foreign, Err(ProofError::Checkpoint(CheckpointError::Signature)));
    }

    #[test]
    fn a_log_that_was_changed_proves_nothing() {
        let (dir, _) = log_of(3, &[3]);
        let mut changed = crate::fixtures::entries(dir.path());
        changed.swap(0, 1);
        rewrite(dir.path(), &changed);
        assert!(matches!(prove(dir.path(), EntryIndex(2)), Err(Broken::Changed { .. })));
    }

    #[test]
    fn extra_data_is_skipped_and_anything_else_is_no_proof() {
        let (dir, _) = log_of(5, &[5]);
        let (_, proof) = prove(dir.path(), EntryIndex(2)).unwrap();
        let text = proof.to_string();
        assert_eq!(text.replace("index", "extra AAAA\nindex").parse(), Ok(proof));
        let long = text
            .replace("index 2", &format!("index 2{}", "\n".to_owned() + &EMPTY_HASH.to_string()).repeat(70));
        for text in ["", HEADER, &text.replace("v1", "v2"), &text.replace("index 2", "index 02"), &long] {
            assert_eq!(text.parse::<Proof>(), Err(ProofError::Format), "{text}");
        }
    }
}
