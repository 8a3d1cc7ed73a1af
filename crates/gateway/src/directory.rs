//! The directory: every venue, credential and key that the gateway serves, in memory.
//!
//! Reads take no lock. Changes come from the control plane one at a time; a revocation or deletion wins over whatever
//! arrives late, so that nothing brings a key back.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use keyward_policy::{
    Change, Credential, CredentialId, Gcra, Grant, Key, KeyId, KeyState, Markets, PermissionSet, Reason,
    VenueId,
};
use papaya::HashMap as Shared;
use parking_lot::Mutex;

use crate::venue::VenueEntry;

/// All that the gateway serves.
#[derive(Default)]
pub(crate) struct Directory {
    by_api_key: Shared<Box<str>, Arc<KeyEntry>>,
    by_id: Shared<KeyId, Arc<KeyEntry>>,
    deleted: Shared<KeyId, ()>,
    venues: ArcSwap<Vec<Arc<VenueEntry>>>,
    credentials: ArcSwap<HashMap<CredentialId, Arc<Credential>>>,
    /// Held by the one change that is being applied.
    changing: Mutex<()>,
}

/// A key ready to be used.
pub(crate) struct KeyEntry {
    pub(crate) key: Key,
    doors: Vec<Door>,
    gcra: Option<Gcra>,
    /// When the next request of this key is due (see [`Gcra`]), in microseconds since the Unix epoch.
    due_us: AtomicU64,
}

/// A grant ready to be checked.
pub(crate) struct Door {
    pub(crate) venue: VenueId,
    pub(crate) credential: Option<CredentialId>,
    pub(crate) permissions: PermissionSet,
    pub(crate) markets: Markets,
}

impl KeyEntry {
    pub(crate) fn door(&self, venue: VenueId) -> Option<&Door> {
        self.doors.iter().find(|door| door.venue == venue)
    }

    /// Takes one request from the key's rate.
    ///
    /// # Errors
    /// The microseconds to wait.
    pub(crate) fn take(&self, now_us: u64) -> Result<(), u64> {
        let Some(gcra) = self.gcra else { return Ok(()) };
        let mut due_us = self.due_us.load(Ordering::Relaxed);
        loop {
            let next_us = gcra.take(due_us, now_us)?;
            match self.due_us.compare_exchange_weak(due_us, next_us, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(other_us) => due_us = other_us,
            }
        }
    }
}

impl Directory {
    /// The key that clients send as this.
    pub(crate) fn key(&self, api_key: &str) -> Option<Arc<KeyEntry>> {
        self.by_api_key.pin().get(api_key).cloned()
    }

    /// The venue of this name.
    pub(crate) fn venue(&self, name: &str) -> Option<Arc<VenueEntry>> {
        self.venues.load().iter().find(|entry| entry.venue.name == name).cloned()
    }

    /// The credential of this id.
    pub(crate) fn credential(&self, id: CredentialId) -> Option<Arc<Credential>> {
        self.credentials.load().get(&id).cloned()
    }

    /// Whether a key that was found before may still be used.
    pub(crate) fn still_usable(&self, key: &Key, now: Timestamp) -> Result<(), Reason> {
        let keys = self.by_api_key.pin();
        let current = keys.get(key.api_key.as_str()).ok_or(Reason::KeyUnknown)?;
        current.key.standing(now).check()
    }

    /// Whether a credential that was found before is still there.
    pub(crate) fn still_held(&self, id: CredentialId) -> Result<(), Reason> {
        let held = self.credentials.load().contains_key(&id);
        held.then_some(()).ok_or(Reason::CredentialUnusable)
    }

    /// The venue of this id.
    pub(crate) fn venue_by_id(&self, id: VenueId) -> Option<Arc<VenueEntry>> {
        self.venues.load().iter().find(|entry| entry.venue.id == id).cloned()
    }

    /// Applies one change; it is in force for every request that is decided after this returns.
    pub(crate) fn apply(&self, change: Change) {
        let _one_at_a_time = self.changing.lock();
        match change {
            Change::Key(key) => self.put_key(*key),
            Change::KeyGone(id) => self.remove_key(id),
            Change::Venue(venue) => {
                let id = venue.id;
                self.put_venue(id, VenueEntry::new(*venue));
            }
            Change::VenueGone(id) => self.put_venue(id, None),
            Change::Credential(credential) => {
                self.change_credentials(|all| all.insert(credential.id, Arc::from(credential)));
            }
            Change::CredentialGone(id) => self.change_credentials(|all| all.remove(&id)),
            Change::Sealed => {}
        }
    }

    fn put_key(&self, key: Key) {
        if self.deleted.pin().contains_key(&key.id) {
            return;
        }
        let before = self.by_id.pin().get(&key.id).cloned();
        if before.as_ref().is_some_and(|before| supersedes(&before.key, &key)) {
            return;
        }
        let due_us = before.map_or(0, |before| before.due_us.load(Ordering::Relaxed));
        let entry = Arc::new(self.entry(key, due_us));
        self.by_id.pin().insert(entry.key.id, entry.clone());
        self.by_api_key.pin().insert(entry.key.api_key.as_str().into(), entry);
    }

    fn entry(&self, key: Key, due_us: u64) -> KeyEntry {
        let doors = key.grants.iter().map(|grant| self.door(grant)).collect();
        KeyEntry { doors, gcra: key.rate.map(Gcra::new), due_us: AtomicU64::new(due_us), key }
    }

    /// A symbol that the venue has no market for is left out: the grant is then narrower, never wider.
    fn door(&self, grant: &Grant) -> Door {
        let dialect = self.venue_by_id(grant.venue).map(|entry| entry.dialect);
        let market = |symbol: &str| dialect?.market(symbol).map(String::into_boxed_str);
        let markets = grant.symbols.list().map_or(Markets::Any, |list| {
            Markets::Only(list.iter().filter_map(|symbol| market(symbol.as_str())).collect())
        });
        Door { venue: grant.venue, credential: grant.credential, permissions: grant.permissions, markets }
    }

    fn remove_key(&self, id: KeyId) {
        self.deleted.pin().insert(id, ());
        if let Some(entry) = self.by_id.pin().remove(&id) {
            self.by_api_key.pin().remove(entry.key.api_key.as_str());
        }
    }

    fn put_venue(&self, id: VenueId, entry: Option<VenueEntry>) {
        let others =
            self.venues.load().iter().filter(|known| known.venue.id != id).cloned().collect::<Vec<_>>();
        let all = others.into_iter().chain(entry.map(Arc::new)).collect();
        self.venues.store(Arc::new(all));
    }

    fn change_credentials<T>(&self, change: impl FnOnce(&mut HashMap<CredentialId, Arc<Credential>>) -> T) {
        let mut all = HashMap::clone(&self.credentials.load());
        change(&mut all);
        self.credentials.store(Arc::new(all));
    }
}

/// Whether what is known must not give way to what arrived.
fn supersedes(known: &Key, arrived: &Key) -> bool {
    let revoked = known.state == KeyState::Revoked && arrived.state != KeyState::Revoked;
    revoked || known.revision >= arrived.revision
}

#[cfg(test)]
pub(crate) mod tests {
    use keyward_policy::{AddressRules, ApiKey, Lifetime, ProjectId, RateLimit, Verifier};

    use super::*;

    pub(crate) fn key(revision: u64, state: KeyState) -> Key {
        Key {
            id: KeyId::from_entropy([1; 16]),
            project: ProjectId::from_entropy([2; 16]),
            name: "bot".to_owned(),
            api_key: ApiKey::new("kwk1"),
            verifier: Verifier::Ed25519([0; 32]),
            state,
            lifetime: Lifetime::default(),
            addresses: AddressRules::default(),
            rate: None,
            grants: vec![],
            revision,
            created_at: Timestamp::UNIX_EPOCH,
            rotated_from: None,
        }
    }

    fn state_after(changes: impl IntoIterator<Item = Change>) -> Option<KeyState> {
        let directory = Directory::default();
        changes.into_iter().for_each(|change| directory.apply(change));
        directory.key("kwk1").map(|entry| entry.key.state)
    }

    fn put(revision: u64, state: KeyState) -> Change {
        Change::Key(Box::new(key(revision, state)))
    }

    #[test]
    fn a_newer_revision_replaces_an_older_one_and_not_the_other_way() {
        assert_eq!(
            state_after([put(1, KeyState::Active), put(2, KeyState::Suspended)]),
            Some(KeyState::Suspended)
        );
        assert_eq!(
            state_after([put(2, KeyState::Suspended), put(1, KeyState::Active)]),
            Some(KeyState::Suspended)
        );
    }

    #[test]
    fn nothing_brings_back_a_revoked_key() {
        assert_eq!(
            state_after([put(1, KeyState::Revoked), put(9, KeyState::Active)]),
            Some(KeyState::Revoked)
        );
    }

    #[test]
    fn nothing_brings_back_a_deleted_key() {
        let id = key(1, KeyState::Active).id;
        assert_eq!(
            state_after([put(1, KeyState::Active), Change::KeyGone(id), put(9, KeyState::Active)]),
            None
        );
        assert_eq!(state_after([Change::KeyGone(id), put(1, KeyState::Active)]), None);
    }

    #[test]
    fn a_change_does_not_refill_the_rate() {
        let directory = Directory::default();
        let limited = |revision| Key {
            rate: Some(RateLimit { per_minute: 1, burst: 1 }),
            ..key(revision, KeyState::Active)
        };
        directory.apply(Change::Key(Box::new(limited(1))));
        assert!(directory.key("kwk1").unwrap().take(1_000_000).is_ok());
        directory.apply(Change::Key(Box::new(limited(2))));
        assert!(directory.key("kwk1").unwrap().take(1_000_001).is_err());
    }
}
