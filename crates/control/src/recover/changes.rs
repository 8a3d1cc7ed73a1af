//! Operators' changes, as the audit log tells of them.

use std::path::Path;

use keyward_ledger::{Cursor, Entry, MAX_RESULTS, read_on};
use serde::Deserialize;
use serde_json::Value;

use crate::{Code, Error};

/// Every record of a change holds this, and hardly any other entry does.
const MARK: &[u8] = b"\"event\":\"changed\"";

/// A change.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    /// Its place in the log.
    #[serde(skip)]
    pub(super) index: u64,
    /// Which operation.
    pub(super) operation: String,
    /// On what.
    pub(super) subject: Option<String>,
    /// In which words.
    #[serde(default)]
    pub(super) details: Value,
}

/// The changes from entry `first` on. Reading begins at `near` if that is not too late.
pub(super) fn since(dir: &Path, near: Cursor, first: u64) -> Result<Vec<Told>, Error> {
    let mut cursor = if near.index() <= first { near } else { Cursor::default() };
    let mut changes = Vec::new();
    loop {
        let (entries, end) = read_on(dir, cursor, MAX_RESULTS)?;
        if entries.is_empty() {
            return Ok(changes);
        }
        for entry in entries.iter().filter(|entry| entry.index.0 >= first) {
            changes.extend(told(entry)?);
        }
        cursor = end;
    }
}

fn told(entry: &Entry) -> Result<Option<Told>, Error> {
    if !entry.json.windows(MARK.len()).any(|window| window == MARK) {
        return Ok(None);
    }
    let told: Value = serde_json::from_slice(&entry.json).map_err(|error| unreadable(entry, error))?;
    if told["event"] != "changed" {
        return Ok(None);
    }
    let told: Told = serde_json::from_value(told).map_err(|error| unreadable(entry, error))?;
    Ok(Some(Told { index: entry.index.0, ..told }))
}

fn unreadable(entry: &Entry, error: serde_json::Error) -> Error {
    Error::new(Code::AuditDamaged, format!("entry {} of the audit log cannot be read", entry.index))
        .caused_by(error)
}
