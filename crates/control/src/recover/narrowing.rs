//! Changes that take rights away, and which of them a database does not show.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use jiff::Timestamp;
use keyward_policy::{CredentialId, Key, KeyId, KeyState, Lifetime, ProjectId, VenueId};
use keyward_store::{Revoke, Snapshot, Store};

use super::changes::Told;
use crate::Error;

/// A change that takes rights away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Narrowing {
    Suspend(KeyId),
    Retire(KeyId, Timestamp),
    Revoke(KeyId),
    Delete(KeyId),
    RemoveCredential(CredentialId),
    RemoveVenue(VenueId),
}

impl fmt::Display for Narrowing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suspend(id) => write!(f, "{id} suspended"),
            Self::Retire(id, at) => write!(f, "{id} retires at {at}"),
            Self::Revoke(id) => write!(f, "{id} revoked"),
            Self::Delete(id) => write!(f, "{id} deleted"),
            Self::RemoveCredential(id) => write!(f, "{id} removed"),
            Self::RemoveVenue(id) => write!(f, "{id} removed"),
        }
    }
}

impl Narrowing {
    /// Makes it in the database.
    pub(super) async fn make(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        match *self {
            Self::Suspend(id) => {
                let key = store.key(id).await?;
                store
                    .update_key(&Key { state: KeyState::Suspended, revision: key.revision + 1, ..key })
                    .await?;
            }
            Self::Retire(id, at) => {
                let key = store.key(id).await?;
                let lifetime = Lifetime { retires_at: Some(at), ..key.lifetime };
                store.update_key(&Key { lifetime, revision: key.revision + 1, ..key }).await?;
            }
            Self::Revoke(id) => drop(store.revoke_keys(Revoke::Key(id), now).await?),
            Self::Delete(id) => store.delete_key(id, now).await?,
            Self::RemoveCredential(id) => store.remove_credential(id).await?,
            Self::RemoveVenue(id) => store.remove_venue(id).await?,
        }
        Ok(())
    }
}

/// Whose keys a kill ended.
enum Scope {
    All,
    Project(ProjectId),
    Credential(CredentialId),
}

/// What became of one key.
#[derive(Default)]
struct End {
    suspended: bool,
    retires_at: Option<Timestamp>,
    revoked: bool,
    deleted: bool,
    /// The latest revision that took rights away from the key's limits.
    narrowed: u64,
}

/// What the changes come to.
#[derive(Default)]
struct Outcome {
    keys: BTreeMap<KeyId, End>,
    kills: Vec<(u64, Scope)>,
    /// Where in the log keys were made: a kill does not reach those that came after it.
    born: HashMap<KeyId, u64>,
    credentials: Vec<CredentialId>,
    venues: Vec<VenueId>,
}

/// The changes that take rights away and that the database does not show, in an order in which they can be made.
///
/// What was asked for counts, even where the log says that it failed: who asked for a key's end is better served by an
/// end too many. A resumption counts as far as it undoes a suspension of these same changes; it never gives back more.
pub(super) fn missing(changes: &[Told], snapshot: &Snapshot) -> Vec<Narrowing> {
    let mut outcome = Outcome::default();
    changes.iter().for_each(|told| outcome.take(told));
    let keys = snapshot.keys.iter().flat_map(|key| outcome.on_key(key));
    let credentials = snapshot.credentials.iter().map(|credential| credential.id);
    let credentials =
        credentials.filter(|id| outcome.credentials.contains(id)).map(Narrowing::RemoveCredential);
    let venues = snapshot.venues.iter().map(|venue| venue.id);
    let venues = venues.filter(|id| outcome.venues.contains(id)).map(Narrowing::RemoveVenue);
    keys.chain(credentials).chain(venues).collect()
}

/// What gave something and is not there: to be told to a person, who may do it again.
pub(super) fn lost(changes: &[Told], snapshot: &Snapshot) -> Vec<String> {
    let ids = snapshot.keys.iter().map(|key| key.id.to_string());
    let ids = ids.chain(snapshot.credentials.iter().map(|credential| credential.id.to_string()));
    let ids: HashSet<String> = ids.chain(snapshot.venues.iter().map(|venue| venue.id.to_string())).collect();
    let is_lost = |told: &&Told| match told.operation.as_str() {
        "key create" | "key rotate" | "credential add" | "credential generate" | "venue add" => {
            told.subject.as_ref().is_some_and(|id| !ids.contains(id))
        }
        "vault rekey" | "key resume" | "key update" | "credential api-key" | "project update" => true,
        _ => false,
    };
    let words = |told: &Told| {
        let of = [told.subject.as_deref(), told.details["name"].as_str()];
        of.into_iter().flatten().fold(told.operation.clone(), |words, word| format!("{words} {word}"))
    };
    changes.iter().filter(is_lost).map(words).collect()
}

impl Outcome {
    fn take(&mut self, told: &Told) {
        let subject = told.subject.as_deref().unwrap_or_default();
        match told.operation.as_str() {
            "key create" => self.is_born(subject, told.index),
            "key rotate" => self.rotated(subject, told),
            "key update" if told.details["widens"] == false => {
                let revision = told.details["revision"].as_u64().unwrap_or_default();
                self.each(subject, |key| key.narrowed = key.narrowed.max(revision));
            }
            "key suspend" => self.each(subject, |key| key.suspended = true),
            "key resume" => self.each(subject, |key| key.suspended = false),
            "key revoke" => self.each(subject, |key| key.revoked = true),
            "key delete" => self.each(subject, |key| key.deleted = true),
            "kill" => self.killed(subject, told.index),
            "credential remove" => self.credentials.extend(subject.parse::<CredentialId>()),
            "venue remove" => self.venues.extend(subject.parse::<VenueId>()),
            _ => {}
        }
    }

    fn is_born(&mut self, key: &str, index: u64) {
        self.born.extend(key.parse::<KeyId>().map(|id| (id, index)));
    }

    fn rotated(&mut self, new: &str, told: &Told) {
        self.is_born(new, told.index);
        let text = |name: &str| told.details[name].as_str().unwrap_or_default();
        if let Ok(at) = text("old_retires_at").parse() {
            self.each(text("rotated_from"), |key| key.retires_at = Some(at));
        }
    }

    /// A kill by its scope's name; or of some keys, by their ids.
    fn killed(&mut self, subject: &str, index: u64) {
        let scope = if subject == "all" {
            Some(Scope::All)
        } else {
            let project = subject.parse().map(Scope::Project).ok();
            project.or_else(|| subject.parse().map(Scope::Credential).ok())
        };
        match scope {
            Some(scope) => self.kills.push((index, scope)),
            None => self.each(subject, |key| key.revoked = true),
        }
    }

    fn each(&mut self, ids: &str, end: impl Fn(&mut End)) {
        for id in ids.split(' ').filter_map(|id| id.parse().ok()) {
            end(self.keys.entry(id).or_default());
        }
    }

    fn on_key(&self, key: &Key) -> Vec<Narrowing> {
        let nothing = End::default();
        let end = self.keys.get(&key.id).unwrap_or(&nothing);
        if end.deleted {
            return vec![Narrowing::Delete(key.id)];
        }
        if key.state == KeyState::Revoked {
            return Vec::new();
        }
        if end.revoked || self.kills.iter().any(|kill| self.reaches(kill, key)) {
            return vec![Narrowing::Revoke(key.id)];
        }
        // What its limits were is not made again here: whoever reopens looks at them, then resumes the key.
        let suspended = end.suspended || end.narrowed > key.revision;
        let suspend = (suspended && key.state == KeyState::Active).then_some(Narrowing::Suspend(key.id));
        let retires = end.retires_at.filter(|at| key.lifetime.retires_at.is_none_or(|known| *at < known));
        suspend.into_iter().chain(retires.map(|at| Narrowing::Retire(key.id, at))).collect()
    }

    fn reaches(&self, (index, scope): &(u64, Scope), key: &Key) -> bool {
        let was_there = self.born.get(&key.id).is_none_or(|born| born < index);
        was_there
            && match scope {
                Scope::All => true,
                Scope::Project(id) => key.project == *id,
                Scope::Credential(id) => key.grants.iter().any(|grant| grant.credential == Some(*id)),
            }
    }
}
