//! An entry of the audit log as operators see it.

use keyward_ledger::{Entry, EntryIndex};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{Code, Error};

/// An entry: its place, and the event as it was recorded.
#[derive(Debug, Serialize)]
pub struct EntryView {
    /// Its place in the log, counted from 0.
    pub index: EntryIndex,
    /// The event.
    #[serde(flatten)]
    pub event: Map<String, Value>,
}

/// Entries, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entries {
    /// The entries.
    #[schema(value_type = Vec<crate::api::openapi::Entry>)]
    pub items: Vec<EntryView>,
    /// What `before` has to be to see older ones; none where there are none. One answer reads only so much of the log, so
    /// there may be older ones where there are few in this answer, or none.
    #[schema(value_type = Option<u64>)]
    pub older: Option<EntryIndex>,
}

impl Entries {
    pub(super) fn read(entries: &[Entry]) -> Result<Self, Error> {
        let items = entries.iter().map(EntryView::read).collect::<Result<_, _>>()?;
        Ok(Self { items, older: None })
    }
}

impl EntryView {
    fn read(entry: &Entry) -> Result<Self, Error> {
        let event = serde_json::from_slice(&entry.json).map_err(|error| {
            Error::new(
                Code::AuditDamaged,
                format!("entry {} of the audit log is no JSON object", entry.index),
            )
            .hint("keyward audit verify")
            .caused_by(error)
        })?;
        Ok(Self { index: entry.index, event })
    }
}
