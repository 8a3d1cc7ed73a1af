//! What has to be known of the entries so far to go on behind them: so that a long log opens without being read again.

use std::collections::HashSet;
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use keyward_policy::{ApprovalId, RequestId};
use serde::{Deserialize, Serialize};
use tlog_tiles::{Hash, record_hash};

use crate::entry::LENGTH;
use crate::files;
use crate::tree::Tree;

/// An id as its text, without the prefix: shorter to hash than to parse.
type Id = [u8; 26];
/// What our own entries have behind their time, up to the id.
const INTENT: &[u8] = b",\"event\":\"intent\",\"request\":\"req_";
const OUTCOME: &[u8] = b",\"event\":\"outcome\",\"request\":\"req_";
const HELD: &[u8] = b",\"event\":\"held\",\"approval\":\"apr_";
const ENDED: &[u8] = b",\"event\":\"approval_ended\",\"approval\":\"apr_";
/// The first bytes of an entry, among which its time is.
const TIME_BYTES: usize = 48;

/// What is known of the entries so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct State {
    pub(crate) tree: Tree,
    /// How many bytes of `entries.log` they take.
    pub(crate) bytes: u64,
    /// The beginning of the last entry, with its time.
    last: Vec<u8>,
    /// The requests whose intent has no outcome so far.
    unanswered: Open,
    /// The approvals that were asked for and have no end so far.
    waiting: Open,
}

/// The same as it lies on the disk.
#[derive(Serialize, Deserialize)]
struct Stored {
    size: u64,
    bytes: u64,
    /// Base64, the largest subtree first.
    peaks: Vec<String>,
    last: String,
    unanswered: Vec<RequestId>,
    #[serde(default)]
    waiting: Vec<ApprovalId>,
}

impl State {
    /// Goes on behind one more entry.
    pub(crate) fn take(&mut self, entry: &[u8]) {
        self.unanswered.take(entry, INTENT, OUTCOME);
        self.waiting.take(entry, HELD, ENDED);
        self.last.clear();
        self.last.extend(entry.iter().take(TIME_BYTES));
        self.tree.push(record_hash(entry));
        self.bytes += (LENGTH + entry.len()) as u64;
    }

    /// The requests whose intent has no outcome so far.
    pub(crate) fn unanswered(&self) -> Vec<RequestId> {
        self.unanswered.ids("req_")
    }

    /// The approvals that have no end so far.
    pub(crate) fn waiting(&self) -> Vec<ApprovalId> {
        self.waiting.ids("apr_")
    }

    /// When the last entry was recorded.
    pub(crate) fn recorded_until(&self) -> Option<Timestamp> {
        let text = str::from_utf8(self.last.strip_prefix(b"{\"at\":\"")?).ok()?;
        text.split('"').next()?.parse().ok()
    }

    /// Puts it beside the entries. It is a help and no more, so nobody waits for the disk: one that a crash leaves half
    /// written does not match its digest.
    pub(crate) fn store(&self, dir: &Path) {
        let peaks = self.tree.peaks().iter().map(|hash| BASE64_STANDARD.encode(hash.0)).collect();
        let (size, bytes) = (self.tree.size(), self.bytes);
        let (unanswered, waiting) = (self.unanswered(), self.waiting());
        let last = BASE64_STANDARD.encode(&self.last);
        let stored = Stored { size, bytes, peaks, last, unanswered, waiting };
        let Ok(json) = serde_json::to_string(&stored) else { return };
        let text = format!("{}\n{json}", checksum(&json));
        let _ = files::replace_state(dir, &text); // without one the next opening reads the whole log
    }

    /// The latest one that was stored, if it is whole.
    pub(crate) fn stored(dir: &Path) -> Option<Self> {
        let text = files::read_state(dir)?;
        let (sum, json) = text.split_once('\n')?;
        if sum != checksum(json) {
            return None;
        }
        let stored: Stored = serde_json::from_str(json).ok()?;
        let hash = |text: &String| Some(Hash(BASE64_STANDARD.decode(text).ok()?.try_into().ok()?));
        let tree = Tree::from_peaks(stored.size, stored.peaks.iter().map(hash).collect::<Option<_>>()?)?;
        let (unanswered, waiting) = (Open::of(&stored.unanswered), Open::of(&stored.waiting));
        let last = BASE64_STANDARD.decode(stored.last).ok()?;
        Some(Self { tree, bytes: stored.bytes, last, unanswered, waiting })
    }
}

fn checksum(text: &str) -> String {
    BASE64_STANDARD.encode(digest(&SHA256, text.as_bytes()))
}

/// What began and has no end so far.
#[derive(Clone, Debug, Default, PartialEq)]
struct Open(HashSet<Id>);

impl Open {
    fn of(ids: &[impl Display]) -> Self {
        let id = |id: String| id.split_once('_')?.1.as_bytes().try_into().ok();
        Self(ids.iter().filter_map(|one| id(one.to_string())).collect())
    }

    /// Reads no JSON, for speed: our own entries all begin with their time, then their kind, then the id.
    fn take(&mut self, entry: &[u8], begins: &[u8], ends: &[u8]) {
        let Some(kind) = entry.iter().position(|&byte| byte == b',') else { return };
        if let Some(id) = id_behind(begins, &entry[kind..]) {
            self.0.insert(id);
        } else if let Some(id) = id_behind(ends, &entry[kind..]) {
            self.0.remove(&id);
        }
    }

    fn ids<T: FromStr>(&self, prefix: &str) -> Vec<T> {
        let text = |id: &Id| format!("{prefix}{}", String::from_utf8_lossy(id));
        self.0.iter().filter_map(|id| text(id).parse().ok()).collect()
    }
}

fn id_behind(beginning: &[u8], entry: &[u8]) -> Option<Id> {
    entry.strip_prefix(beginning)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::fixtures::{bytes, ended, held, intent, outcome};

    fn state() -> State {
        let mut state = State::default();
        for event in [intent(1), intent(2), outcome(1), outcome(9), held(3), held(4), ended(3)] {
            state.take(&bytes(&event));
        }
        state
    }

    #[test]
    fn what_began_and_did_not_end_is_known() {
        let state = state();
        assert_eq!(state.unanswered(), [RequestId::from_entropy([2; 16])]);
        assert_eq!(state.waiting(), [ApprovalId::from_entropy([4; 16])]);
    }

    #[test]
    fn a_state_comes_back_as_it_was_stored() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(State::stored(dir.path()), None);
        state().store(dir.path());
        assert_eq!(State::stored(dir.path()), Some(state()));
    }

    #[test]
    fn a_state_that_is_not_whole_is_none() {
        let dir = tempfile::tempdir().unwrap();
        state().store(dir.path());
        let path = files::state(dir.path());
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            fs::write(&path, changed).unwrap();
            assert_eq!(State::stored(dir.path()), None, "byte {place}");
            fs::write(&path, &whole[..place]).unwrap();
            assert_eq!(State::stored(dir.path()), None, "cut at {place}");
        }
    }
}
