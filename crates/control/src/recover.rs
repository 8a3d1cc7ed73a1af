//! What the audit log knows better than the database: at every start, what was taken away since is taken away again.
//!
//! The log holds every operator's change, durably, before it is made, and lies outside of the database. So a database
//! that is older than the log (a backup, a copy put back by hand, a crash between a record and its effect) brings back no
//! key that was revoked, suspended, rotated away or deleted since. A database that is provably older also locks the
//! gateway: what gives rights, and what was sent since, the log cannot bring back, so a person has to look.

mod changes;
mod lock;
mod narrowing;
mod nonces;
mod once;

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use keyward_ledger::{DEADLINE, Ledger};
use keyward_policy::{Actor, Changed, Event, What};
use keyward_store::{Service, Snapshot, Store};
use serde_json::json;

use self::changes::since;
pub use self::lock::Lock;
use self::narrowing::Narrowing;
use crate::blocking::blocking;
use crate::{Code, Error};

/// How many changes a record names; an entry of the log has room for no more.
const NAMED_MAX: usize = 500;

/// What a start goes on with.
#[derive(Debug)]
pub struct Recovered {
    /// Everything that the gateway serves.
    pub snapshot: Snapshot,
    /// Why the gateway must serve nothing yet.
    pub lock: Option<Lock>,
}

/// Makes the database agree with the log, before anything is served.
///
/// # Errors
/// `store_unavailable`, `audit_unavailable`: Keyward is then not started.
pub async fn recover(
    store: &Store,
    ledger: &Arc<Ledger>,
    audit_dir: &Path,
    now: Timestamp,
) -> Result<Recovered, Error> {
    let known = store.anchors(None, 1).await?.first().map_or(0, |anchor| anchor.size);
    let opening = ledger.opening();
    let is_older = known < opening.signed && store.service_secret(Service::AuditLog).await?.is_some();
    let (dir, from) = (audit_dir.to_owned(), opening.read_from);
    let changes = blocking(move || since(&dir, from, known)).await?;
    let snapshot = store.load().await?;
    once::use_up(&changes, store).await?;
    let missing = narrowing::missing(&changes, &snapshot);
    let snapshot = if missing.is_empty() {
        snapshot
    } else {
        record(ledger, &missing, now).await?;
        for narrowing in &missing {
            make(store, narrowing, now).await?;
        }
        store.load().await?
    };
    let lock = lock::settle(store, is_older.then(|| older(known, opening.signed, now)), |lock| {
        lock.add(&missing, narrowing::lost(&changes, &snapshot));
    });
    let lock = lock.await?;
    if lock.is_some() {
        nonces::jump(store, now).await?;
    }
    Ok(Recovered { lock, snapshot })
}

fn older(known: u64, signed: u64, now: Timestamp) -> Lock {
    Lock::new(
        format!("the database is older than the audit log: it knows {known} of {signed} signed entries"),
        now,
    )
}

/// The record comes first, as with every change.
async fn record(ledger: &Ledger, missing: &[Narrowing], now: Timestamp) -> Result<(), Error> {
    let actor = Actor::on_host("keyward", "start");
    let named: Vec<_> = missing.iter().take(NAMED_MAX).map(ToString::to_string).collect();
    let details = json!({ "count": missing.len(), "made_again": named });
    let changed = Changed { actor: &actor, operation: "recover", subject: None, details };
    ledger.record_durably(&Event { at: now, what: What::Changed(changed) }, DEADLINE).await?;
    for narrowing in missing {
        tracing::warn!(change = %narrowing, "made again: the audit log has it, the database had not");
    }
    Ok(())
}

async fn make(store: &Store, narrowing: &Narrowing, now: Timestamp) -> Result<(), Error> {
    match narrowing.make(store, now).await {
        // Somebody restored what still uses it: its keys were dealt with, so it stands there unused.
        Err(error) if matches!(error.code(), Code::InUse | Code::KeyUnknown) => {
            tracing::warn!(%error, change = %narrowing, "could not be made again");
            Ok(())
        }
        made => made,
    }
}

#[cfg(test)]
mod tests;
