//! Usage: what keys did lately, as the audit log tells it.
//!
//! Read from the log as it grows, off the way of requests, and kept in memory only: the log is the truth, this is a look at
//! it. After a start it is complete once the log has been read again.

mod entry;
mod hours;
mod key;
mod news;
mod practice;

use std::collections::HashMap;
use std::path::PathBuf;

use jiff::Timestamp;
use keyward_ledger::{Cursor, Places, read_on};
use keyward_policy::{KeyId, ProjectId};
use parking_lot::Mutex;

use self::entry::Read;
pub use self::hours::{Hour, Hours};
pub use self::key::{KeyUsage, Refusal, Seen};
pub use self::news::News;
use self::news::Teller;
pub(crate) use self::practice::{Did, Traded, WINDOW};
use crate::{Code, Control, Error};

/// Entries read at a time: some milliseconds of one core.
const AT_ONCE: usize = 1_000;
/// Keys that are remembered; beyond it those that were idle longest are forgotten.
const KEYS_MAX: usize = 50_000;

/// What was read so far.
#[derive(Default)]
pub(crate) struct Usage {
    state: Mutex<State>,
    teller: Teller,
}

#[derive(Default)]
struct State {
    cursor: Cursor,
    places: Places,
    keys: HashMap<KeyId, KeyUsage>,
    /// Projects are made by people: there are few, and none is forgotten.
    projects: HashMap<ProjectId, Hours>,
    all: Hours,
}

impl Usage {
    /// What one key did.
    pub(crate) fn of(&self, key: KeyId) -> KeyUsage {
        self.state.lock().keys.get(&key).cloned().unwrap_or_default()
    }

    /// When one key was last used, and from where.
    pub(crate) fn last(&self, key: KeyId) -> Option<(Timestamp, Option<String>)> {
        let state = self.state.lock();
        let usage = state.keys.get(&key)?;
        Some((usage.last_at?, usage.last_address.clone()))
    }

    /// What all did, by the hour.
    pub(crate) fn all(&self, now: Timestamp) -> Vec<Hour> {
        self.state.lock().all.until(now)
    }

    /// What all keys of some projects did, by the hour.
    pub(crate) fn of_projects(&self, projects: &[ProjectId], now: Timestamp) -> Vec<Hour> {
        let (state, mut sum) = (self.state.lock(), Hours::default());
        for hours in projects.iter().filter_map(|project| state.projects.get(project)) {
            sum.add(hours);
        }
        sum.until(now)
    }

    /// How far the log has been read.
    pub(crate) fn read_until(&self) -> u64 {
        self.state.lock().cursor.index()
    }

    /// Where reading the log can begin.
    pub(crate) fn places(&self) -> Places {
        self.state.lock().places.clone()
    }

    fn add(&self, entries: &[keyward_ledger::Entry], cursor: Cursor) {
        let mut state = self.state.lock();
        state.cursor = cursor;
        state.places.reach(cursor);
        for read in entries.iter().filter_map(|entry| serde_json::from_slice::<Read>(&entry.json).ok()) {
            state.take(read);
        }
        state.forget();
        self.teller.tell(cursor.index());
    }

    /// Hears of what is read from now on.
    pub(crate) fn news(&self) -> News {
        self.teller.hear()
    }
}

impl State {
    fn take(&mut self, read: Read) {
        let Some(outcome) = read.outcome() else { return };
        self.all.count(read.at, outcome);
        if let Some(project) = read.project {
            self.projects.entry(project).or_default().count(read.at, outcome);
        }
        if let Some(key) = read.key {
            self.keys.entry(key).or_default().take(read, outcome);
        }
    }

    /// Forgets the half that was idle longest, once there are too many.
    fn forget(&mut self) {
        if self.keys.len() <= KEYS_MAX {
            return;
        }
        let mut times: Vec<_> = self.keys.values().map(|key| key.last_at).collect();
        times.sort_unstable();
        let middle = times[times.len() / 2];
        self.keys.retain(|_, key| key.last_at > middle);
    }
}

impl Control {
    /// Lets nobody wait for news any more: the server stops.
    pub fn end_news(&self) {
        self.usage.teller.end();
    }

    /// Entries of the audit log that are not counted yet.
    pub(crate) fn unread(&self) -> u64 {
        self.ledger.entries().saturating_sub(self.usage.read_until())
    }

    /// Reads on in the audit log, and says whether there is more to read at once.
    ///
    /// # Errors
    /// `audit_unavailable`.
    pub async fn read_usage(&self) -> Result<bool, Error> {
        let (dir, cursor): (PathBuf, Cursor) = (self.audit_dir.clone(), self.usage.state.lock().cursor);
        let read = tokio::task::spawn_blocking(move || read_on(&dir, cursor, AT_ONCE)).await;
        let read =
            read.map_err(|error| Error::new(Code::Internal, "reading the log broke down").caused_by(error))?;
        let (entries, cursor) = read?;
        self.usage.add(&entries, cursor);
        Ok(entries.len() == AT_ONCE)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use keyward_policy::{Event, Permission, Reason, Refused, Request, RequestId, Verb, What};

    use super::*;
    use crate::fixture::Fixture;

    fn refused(fixture: &Fixture, key: KeyId, reason: Reason) {
        let request = Request {
            request: RequestId::from_entropy([7; 16]),
            key: Some(key),
            project: None,
            address: Some([203, 0, 113, 7].into()),
            venue: "binance".into(),
            method: "POST".into(),
            path: "/api/v3/order".into(),
            needs: Some(Permission::wide(Verb::Trade).name()),
            policy: Some(1),
            markets: Vec::new(),
            facts: vec![],
        };
        let what = What::Refused(Refused { request, reason, detail: "because".into() });
        fixture.control.ledger.record(&Event { at: fixture.control.now(), what }).unwrap();
    }

    #[tokio::test]
    async fn what_the_log_tells_of_a_key_is_counted_and_nothing_of_it_twice() {
        let fixture = Fixture::new().await;
        let key = KeyId::from_entropy([1; 16]);
        refused(&fixture, key, Reason::SymbolNotAllowed);
        fixture.pass(SignedDuration::from_hours(1));
        refused(&fixture, key, Reason::AddressNotAllowed);
        fixture.control.settle_log().await;
        assert!(!fixture.control.read_usage().await.unwrap());
        assert!(!fixture.control.read_usage().await.unwrap());
        let usage = fixture.control.usage.of(key);
        assert_eq!((usage.refused, usage.allowed, usage.refusals.len()), (2, 0, 2));
        assert_eq!(usage.refusals[0].reason, "address_not_allowed", "the latest first");
        assert_eq!(usage.addresses[0].what, "203.0.113.7");
        let hours = fixture.control.usage.all(fixture.control.now());
        assert_eq!((hours.len(), hours.last().unwrap().refused), (48, 1));
    }
}
