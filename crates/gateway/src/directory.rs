//! The directory: every venue, credential and key that the gateway serves, in memory.
//!
//! Reads take no lock. Changes come from the control plane one at a time; a revocation or deletion wins over whatever
//! arrives late, so that nothing brings a key back.
//!
//! A key takes one look-up and as little memory as it can, because there may be ten million: what people call it, when
//! it was made and what clients send stay in the store, and keys with the same rules share them.

mod credential;
mod entry;
mod fingerprint;
mod interned;
mod origins;
mod replaced;
mod rules;

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use keyward_policy::{Change, Credential, CredentialId, Key, Reason, VenueId};
use keyward_vault::Vault;
use papaya::HashMap as Shared;
use parking_lot::Mutex;

pub(crate) use credential::CredentialEntry;
pub(crate) use entry::{Checker, KeyEntry};
pub(crate) use fingerprint::{Fingerprint, Fingerprints};
pub(crate) use rules::{Door, Rules};

use self::fingerprint::BuildReady;
use self::interned::Interned;
use self::origins::Origins;
use crate::venue::VenueEntry;

/// All that the gateway serves.
pub(crate) struct Directory {
    vault: Arc<Vault>,
    fingerprints: Fingerprints,
    /// By the fingerprint of what clients send. None is a deleted key: it keeps its place, so that none takes it again.
    keys: Shared<Fingerprint, Option<Arc<KeyEntry>>, BuildReady>,
    origins: Origins,
    venues: ArcSwap<Vec<Arc<VenueEntry>>>,
    credentials: ArcSwap<HashMap<CredentialId, Arc<CredentialEntry>>>,
    /// Held by the one change that is being applied.
    changing: Mutex<Interned>,
}

impl Directory {
    /// A directory of nothing. The vault opens what is kept here.
    pub(crate) fn new(vault: Arc<Vault>) -> Self {
        Self {
            vault,
            fingerprints: Fingerprints::default(),
            keys: Shared::default(),
            origins: Origins::default(),
            venues: ArcSwap::default(),
            credentials: ArcSwap::default(),
            changing: Mutex::default(),
        }
    }

    /// The key that clients send as this.
    pub(crate) fn key(&self, api_key: &str) -> Option<Arc<KeyEntry>> {
        self.keys.pin().get(&self.fingerprints.of(api_key))?.clone()
    }

    /// Whether some publishable key of this venue works in the pages of this origin.
    pub(crate) fn has_pages(&self, venue: VenueId, origin: &[u8]) -> bool {
        self.origins.has(venue, origin)
    }

    /// The venue of this name.
    pub(crate) fn venue(&self, name: &str) -> Option<Arc<VenueEntry>> {
        self.venues.load().iter().find(|entry| entry.venue.name == name).cloned()
    }

    /// The credential of this id.
    pub(crate) fn credential(&self, id: CredentialId) -> Option<Arc<CredentialEntry>> {
        self.credentials.load().get(&id).cloned()
    }

    /// Whether a key that was found before may still be used.
    pub(crate) fn still_usable(&self, found: &KeyEntry, api_key: &str, now: Timestamp) -> Result<(), Reason> {
        if !found.replaced.get() {
            return found.standing(now).check();
        }
        let keys = self.keys.pin();
        let current = keys.get(&self.fingerprints.of(api_key)).and_then(Option::as_ref);
        current.ok_or(Reason::KeyUnknown)?.standing(now).check()
    }

    /// Whether a credential that was found before is still there.
    pub(crate) fn still_held(&self, found: &CredentialEntry) -> Result<(), Reason> {
        let held = !found.replaced.get() || self.credentials.load().contains_key(&found.id);
        held.then_some(()).ok_or(Reason::CredentialUnusable)
    }

    /// The venue of this id.
    pub(crate) fn venue_by_id(&self, id: VenueId) -> Option<Arc<VenueEntry>> {
        self.venues.load().iter().find(|entry| entry.venue.id == id).cloned()
    }

    /// Applies one change; it is in force for every request that is decided after this returns.
    pub(crate) fn apply(&self, change: Change) {
        let mut interned = self.changing.lock();
        match change {
            Change::Key(key) => self.put_key(*key, &mut interned),
            Change::KeyGone { api_key, .. } => self.set_key(self.fingerprints.of(api_key.as_str()), None),
            Change::Venue(venue) => {
                let id = venue.id;
                self.put_venue(id, VenueEntry::new(*venue));
            }
            Change::VenueGone(id) => self.put_venue(id, None),
            Change::Credential(credential) => self.put_credential(*credential),
            Change::CredentialGone(id) => self.change_credentials(|all| all.remove(&id)),
            Change::Sealed | Change::Locked(_) => {} // nothing of the directory's
        }
    }

    fn put_key(&self, key: Key, interned: &mut Interned) {
        let (fingerprint, keys) = (self.fingerprints.of(key.api_key.as_str()), self.keys.pin());
        let before = match keys.get(&fingerprint) {
            None => None,
            Some(Some(before)) if !before.supersedes(&key) => Some(before),
            Some(_) => return,
        };
        let due_us = before.map_or(0, |before| before.due_us());
        let rules = interned.shared(Rules::new(&key, |venue| self.venue_by_id(venue)));
        self.set_key(fingerprint, Some(Arc::new(KeyEntry::new(key, rules, due_us, &self.vault))));
    }

    fn set_key(&self, fingerprint: Fingerprint, entry: Option<Arc<KeyEntry>>) {
        if let Some(entry) = &entry {
            self.origins.add(&entry.rules);
        }
        if let Some(Some(before)) = self.keys.pin().insert(fingerprint, entry) {
            before.replaced.set();
            self.origins.remove(&before.rules);
        }
    }

    fn put_venue(&self, id: VenueId, entry: Option<VenueEntry>) {
        let others =
            self.venues.load().iter().filter(|known| known.venue.id != id).cloned().collect::<Vec<_>>();
        let all = others.into_iter().chain(entry.map(Arc::new)).collect();
        self.venues.store(Arc::new(all));
    }

    fn put_credential(&self, credential: Credential) {
        let real = Arc::new(CredentialEntry::new(credential, &self.vault));
        self.change_credentials(|all| all.insert(real.id, real));
    }

    fn change_credentials(
        &self,
        change: impl FnOnce(&mut HashMap<CredentialId, Arc<CredentialEntry>>) -> Option<Arc<CredentialEntry>>,
    ) {
        let mut all = HashMap::clone(&self.credentials.load());
        let before = change(&mut all);
        self.credentials.store(Arc::new(all));
        if let Some(before) = before {
            before.replaced.set();
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use keyward_policy::{
        AddressRules, ApiKey, Grant, Holds, KeyId, KeyState, Lifetime, Pages, ProjectId, RateLimit, Symbols,
        Verifier,
    };

    use super::*;
    use crate::fixture::empty_vault;

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

    fn directory() -> Directory {
        Directory::new(empty_vault())
    }

    fn state_after(changes: impl IntoIterator<Item = Change>) -> Option<KeyState> {
        let directory = directory();
        changes.into_iter().for_each(|change| directory.apply(change));
        directory.key("kwk1").map(|entry| entry.state)
    }

    fn put(revision: u64, state: KeyState) -> Change {
        Change::Key(Box::new(key(revision, state)))
    }

    fn gone() -> Change {
        let key = key(1, KeyState::Active);
        Change::KeyGone { id: key.id, api_key: key.api_key }
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
        assert_eq!(state_after([put(1, KeyState::Active), gone(), put(9, KeyState::Active)]), None);
        assert_eq!(state_after([gone(), put(1, KeyState::Active)]), None);
    }

    #[test]
    fn a_change_does_not_refill_the_rate() {
        let directory = directory();
        let limited = |revision| Key {
            rate: Some(RateLimit { per_minute: 1, burst: 1 }),
            ..key(revision, KeyState::Active)
        };
        directory.apply(Change::Key(Box::new(limited(1))));
        assert!(directory.key("kwk1").unwrap().take(1_000_000).is_ok());
        directory.apply(Change::Key(Box::new(limited(2))));
        assert!(directory.key("kwk1").unwrap().take(1_000_001).is_err());
    }

    #[test]
    fn the_origins_of_a_venue_are_those_of_the_keys_that_there_are() {
        let directory = directory();
        let (venue, other) = (VenueId::from_entropy([3; 16]), VenueId::from_entropy([4; 16]));
        let page = |api_key: &str, revision, origin: &str| {
            let grant = Grant {
                venue,
                credential: None,
                permissions: "market".parse().unwrap(),
                symbols: Symbols::any(),
                holds: Holds::default(),
            };
            let rate = RateLimit { per_minute: 60, burst: 20 };
            let verifier = Verifier::Pages(Pages::new(vec![origin.parse().unwrap()], rate).unwrap());
            let (api_key, grants) = (ApiKey::new(api_key), vec![grant]);
            Key { api_key, verifier, grants, ..key(revision, KeyState::Active) }
        };
        let put = |key| directory.apply(Change::Key(Box::new(key)));
        let has = |venue, origin: &str| directory.has_pages(venue, origin.as_bytes());
        put(page("kwp1", 1, "https://one.example"));
        put(page("kwp2", 1, "https://one.example"));
        assert!(has(venue, "https://one.example") && !has(other, "https://one.example"));
        put(page("kwp1", 2, "https://two.example"));
        assert!(has(venue, "https://one.example") && has(venue, "https://two.example"));
        for gone in [page("kwp1", 2, "https://two.example"), page("kwp2", 1, "https://one.example")] {
            directory.apply(Change::KeyGone { id: gone.id, api_key: gone.api_key });
        }
        assert!(!has(venue, "https://one.example") && !has(venue, "https://two.example"));
    }

    #[test]
    fn keys_with_the_same_rules_share_them() {
        let directory = directory();
        for name in ["kwk1", "kwk2"] {
            let key = Key { api_key: ApiKey::new(name), ..key(1, KeyState::Active) };
            directory.apply(Change::Key(Box::new(key)));
        }
        let [one, two] = ["kwk1", "kwk2"].map(|name| directory.key(name).unwrap());
        assert!(Arc::ptr_eq(&one.rules, &two.rules));
    }
}
