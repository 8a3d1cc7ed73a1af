//! What the audit log tells of orders, read beside its writer.

use std::collections::BTreeMap;
use std::path::Path;

use keyward_ledger::{Cursor, Entry, MAX_RESULTS, read_on};
use serde_json::Value;

/// The orders that the log knows.
#[derive(Default)]
pub(super) struct Log {
    cursor: Cursor,
    /// The request of each order's intent, by the client's id.
    pub(super) intents: BTreeMap<String, String>,
    /// What became of each request: the reason why nobody knows, or nothing.
    pub(super) outcomes: BTreeMap<String, Vec<Option<String>>>,
    /// The subjects and names of what operators did.
    pub(super) done: Vec<Value>,
}

impl Log {
    /// Reads what is new.
    pub(super) fn read_on(&mut self, audit: &Path) {
        loop {
            let (entries, end) = read_on(audit, self.cursor, MAX_RESULTS).unwrap();
            self.cursor = end;
            if entries.is_empty() {
                return;
            }
            entries.iter().for_each(|entry| self.take(entry));
        }
    }

    fn take(&mut self, entry: &Entry) {
        let entry: Value = serde_json::from_slice(&entry.json).unwrap();
        let request = entry["request"].as_str().unwrap_or_default().to_owned();
        match entry["event"].as_str().unwrap() {
            "intent" => {
                let id = entry["facts"][0]["client_id"].as_str().unwrap().to_owned();
                assert!(self.intents.insert(id, request).is_none(), "one order, two intents: {entry}");
            }
            "outcome" => {
                let reason = entry["reason"].as_str().map(str::to_owned);
                self.outcomes.entry(request).or_default().push(reason);
            }
            "changed" => self.done.push(entry),
            _ => {}
        }
    }

    /// Whether the order was recorded, and nobody knows what became of it.
    pub(super) fn unknown(&self, id: &str) -> bool {
        let outcomes = self.intents.get(id).and_then(|request| self.outcomes.get(request));
        outcomes.is_some_and(|all| all == &[Some("outcome_unknown".to_owned())])
    }

    #[track_caller]
    pub(super) fn assert_every_intent_has_one_outcome(&self) {
        for (id, request) in &self.intents {
            let count = self.outcomes.get(request).map_or(0, Vec::len);
            assert_eq!(count, 1, "order {id}, {request}");
        }
    }
}
