//! What the tests of this crate share.

use std::borrow::Cow;
use std::fs;
use std::path::Path;

use jiff::Timestamp;
use keyward_policy::{
    ApprovalEnd, ApprovalEnded, ApprovalId, Event, Held, Outcome, Request, RequestId, Sent, What,
};
use tempfile::TempDir;

use crate::entry::{framed, unframed};
use crate::{CheckpointSigner, DEADLINE, Ledger, files};

pub(crate) fn request(n: u8) -> RequestId {
    RequestId::from_entropy([n; 16])
}

/// The outcome of request `n`.
pub(crate) fn outcome(n: u8) -> Event<'static> {
    let outcome = Outcome { request: request(n), status: Some(200), reason: None };
    Event { at: Timestamp::UNIX_EPOCH, what: What::Outcome(outcome) }
}

/// Approval `n` is waited for.
pub(crate) fn held(n: u8) -> Event<'static> {
    let (approval, until) = (ApprovalId::from_entropy([n; 16]), Timestamp::UNIX_EPOCH);
    Event { at: Timestamp::UNIX_EPOCH, what: What::Held(Held { approval, until, request: order(n) }) }
}

/// Approval `n` is used.
pub(crate) fn ended(n: u8) -> Event<'static> {
    let (approval, end) = (ApprovalId::from_entropy([n; 16]), ApprovalEnd::Used);
    Event { at: Timestamp::UNIX_EPOCH, what: What::ApprovalEnded(ApprovalEnded { approval, key: None, end }) }
}

/// The intent of request `n`.
pub(crate) fn intent(n: u8) -> Event<'static> {
    let sent = Sent { request: order(n), credential: None, approval: None };
    Event { at: Timestamp::UNIX_EPOCH, what: What::Intent(sent) }
}

fn order(n: u8) -> Request<'static> {
    Request {
        request: request(n),
        key: None,
        project: None,
        address: None,
        venue: "main".into(),
        method: "POST".into(),
        path: Cow::Borrowed("/api/v3/order"),
        needs: Some("trade:spot"),
        policy: Some(1),
        markets: Vec::new(),
        facts: Vec::new(),
    }
}

/// Who signs in tests.
pub(crate) fn signer() -> CheckpointSigner {
    CheckpointSigner::from_seed("keyward.local/audit/test", &[7; 32]).unwrap()
}

pub(crate) fn open(dir: &Path) -> Ledger {
    Ledger::open(dir, Some(signer().verifier_key())).unwrap()
}

/// A closed log of `count` different entries, signed at the sizes `signed`; and the texts of these checkpoints.
pub(crate) fn log_of(count: u64, signed: &[u64]) -> (TempDir, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let ledger = open(dir.path());
    let mut checkpoints = Vec::new();
    for size in 0..=count {
        if signed.contains(&size) {
            checkpoints.push(ledger.checkpoint(&signer()).unwrap().to_string());
        }
        if size < count {
            ledger.record(&outcome(size as u8)).unwrap();
        }
    }
    ledger.close().unwrap();
    (dir, checkpoints)
}

/// The entries of a closed log.
pub(crate) fn entries(dir: &Path) -> Vec<Vec<u8>> {
    unframed(&fs::read(files::entries(dir)).unwrap()).map(<[u8]>::to_vec).collect()
}

/// Entries as a file holds them.
pub(crate) fn reframed(entries: &[Vec<u8>]) -> Vec<u8> {
    entries
        .iter()
        .flat_map(|entry| [&(entry.len() as u16).to_be_bytes(), entry.as_slice()].concat())
        .collect()
}

/// Replaces the entries of a closed log, as an attacker would.
pub(crate) fn rewrite(dir: &Path, entries: &[Vec<u8>]) {
    fs::write(files::entries(dir), reframed(entries)).unwrap();
}

/// Records without waiting for anything but the disk.
pub(crate) fn record(ledger: &Ledger, event: &Event<'_>) -> u64 {
    ledger.record_durably_blocking(event, DEADLINE).unwrap().0
}

/// An event as the bytes of its entry.
pub(crate) fn bytes(event: &Event<'_>) -> Vec<u8> {
    framed(event).unwrap()[2..].to_vec()
}
