//! The lock that a restored state carries until an operator takes it off. It lies in the database, so that no restart
//! loses it.

use jiff::Timestamp;
use keyward_store::Store;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::narrowing::Narrowing;
use crate::{Code, Error};

/// Under which name the database keeps it.
const NAME: &str = "lock";
/// How many changes it names; it is read by a person.
const NAMED_MAX: usize = 1000;

/// Why the gateway refuses everything, and what an operator should know before he reopens it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Lock {
    /// What was noticed.
    pub why: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// What the audit log had and the database had not, and was made again: revocations, suspensions, deletions.
    pub made_again: Vec<String>,
    /// What gave rights since, and is gone: keys and credentials that were added, a changed passphrase.
    pub lost: Vec<String>,
    /// What nobody can know from here.
    pub unknown: Vec<String>,
}

impl Lock {
    pub(super) fn new(why: String, since: Timestamp) -> Self {
        let unknown = [
            "what was done after the last entry of this audit log, if a newer log exists elsewhere: look for it first",
            "what was sent since the restored state was made: look at the exchange for open orders and transfers",
        ];
        let unknown = unknown.map(str::to_owned).into();
        Self { why, since, made_again: Vec::new(), lost: Vec::new(), unknown }
    }

    /// The lock of a state that was restored on purpose.
    pub fn restored(backup_made_at: Timestamp, now: Timestamp) -> Self {
        Self::new(format!("restored from the backup made at {backup_made_at}"), now)
    }

    pub(super) fn add(&mut self, made_again: &[Narrowing], lost: Vec<String>) {
        let made_again = made_again.iter().map(ToString::to_string);
        for (list, more) in [(&mut self.made_again, made_again.collect()), (&mut self.lost, lost)] {
            let new: Vec<String> = more.into_iter().filter(|one| !list.contains(one)).collect();
            list.extend(new);
            list.truncate(NAMED_MAX);
        }
    }

    /// The lock that lies on a database.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn on(store: &Store) -> Result<Option<Self>, Error> {
        let unreadable =
            |error| Error::new(Code::Internal, "the lock in the database cannot be read").caused_by(error);
        let text = store.meta(NAME).await?;
        text.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
    }

    /// Lays it on a database.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub async fn put(&self, store: &Store) -> Result<(), Error> {
        let text = serde_json::to_string(self)
            .map_err(|error| Error::new(Code::Internal, "the lock cannot be written").caused_by(error))?;
        Ok(store.put_meta(NAME, &text).await?)
    }

    /// Takes it off.
    pub(crate) async fn take_off(store: &Store) -> Result<(), Error> {
        Ok(store.remove_meta(NAME).await?)
    }
}

/// The lock that lies on the database, or a new one for a cause found now, with what is known now.
pub(super) async fn settle(
    store: &Store,
    found: Option<Lock>,
    complete: impl FnOnce(&mut Lock),
) -> Result<Option<Lock>, Error> {
    let Some(mut lock) = Lock::on(store).await?.or(found) else { return Ok(None) };
    complete(&mut lock);
    lock.put(store).await?;
    Ok(Some(lock))
}
