//! One key, as small as it can be: what differs from key to key, and a pointer to the rest.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use keyward_policy::{Key, KeyId, KeyState, Lifetime, SecretOwner, Standing, Verifier};
use keyward_vault::{Kept, Vault};

use super::Rules;
use super::replaced::Replaced;

/// A key ready to be used.
pub(crate) struct KeyEntry {
    pub(crate) id: KeyId,
    pub(crate) revision: u64,
    pub(crate) rules: Arc<Rules>,
    pub(crate) checker: Checker,
    pub(crate) state: KeyState,
    pub(super) replaced: Replaced,
    times: Times,
    /// When the next request of this key is due (see [`keyward_policy::Gcra`]), in microseconds since the Unix epoch.
    due_us: AtomicU64,
}

/// What checks a key's signatures: its [`Verifier`], the secret as the running process keeps it.
pub(crate) enum Checker {
    Hmac(Kept),
    Ed25519([u8; 32]),
    Rsa(Box<[u8]>),
    /// Nothing: the key is publishable, and its rules say in which pages.
    Nothing,
}

/// A [`Lifetime`] in a third of its memory: microseconds since the Unix epoch, cut to the earlier one. What has no end
/// ends never, and what has no beginning began before all time.
struct Times {
    not_before_us: i64,
    expires_us: i64,
    retires_us: i64,
}

impl KeyEntry {
    pub(super) fn new(key: Key, rules: Arc<Rules>, due_us: u64, vault: &Vault) -> Self {
        Self {
            id: key.id,
            revision: key.revision,
            rules,
            checker: Checker::new(key.verifier, SecretOwner::Key(key.id), vault),
            state: key.state,
            replaced: Replaced::default(),
            times: Times::of(&key.lifetime),
            due_us: AtomicU64::new(due_us),
        }
    }

    /// Whether this must not give way to what arrived.
    pub(super) fn supersedes(&self, arrived: &Key) -> bool {
        let revoked = self.state == KeyState::Revoked && arrived.state != KeyState::Revoked;
        revoked || self.revision >= arrived.revision
    }

    /// Whether another state of the key was put in its place.
    pub(crate) fn was_replaced(&self) -> bool {
        self.replaced.get()
    }

    pub(super) fn due_us(&self) -> u64 {
        self.due_us.load(Ordering::Relaxed)
    }

    /// What the key is at this time.
    pub(crate) fn standing(&self, now: Timestamp) -> Standing {
        self.times.lifetime().standing(self.state, now)
    }

    /// When the key may be used.
    pub(crate) fn lifetime(&self) -> Lifetime {
        self.times.lifetime()
    }

    /// Takes one request from the key's rate.
    ///
    /// # Errors
    /// The microseconds to wait.
    pub(crate) fn take(&self, now_us: u64) -> Result<(), u64> {
        let Some(gcra) = self.rules.gcra else { return Ok(()) };
        let mut due_us = self.due_us();
        loop {
            let next_us = gcra.take(due_us, now_us)?;
            match self.due_us.compare_exchange_weak(due_us, next_us, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(other_us) => due_us = other_us,
            }
        }
    }
}

impl Checker {
    fn new(verifier: Verifier, owner: SecretOwner, vault: &Vault) -> Self {
        match verifier {
            Verifier::Hmac(sealed) => Self::Hmac(vault.keep(owner, sealed)),
            Verifier::Ed25519(public) => Self::Ed25519(public),
            Verifier::Rsa(public) => Self::Rsa(public),
            Verifier::Pages(_) => Self::Nothing,
        }
    }
}

impl Times {
    fn of(lifetime: &Lifetime) -> Self {
        let us = |time: Option<Timestamp>, none| time.map_or(none, Timestamp::as_microsecond);
        Self {
            not_before_us: us(lifetime.not_before, i64::MIN),
            expires_us: us(lifetime.expires_at, i64::MAX),
            retires_us: us(lifetime.retires_at, i64::MAX),
        }
    }

    /// What lies beyond the last whole second of time, where a timestamp cannot be made from microseconds, is its end.
    fn lifetime(&self) -> Lifetime {
        let is_none = |us| us == i64::MIN || us == i64::MAX;
        let time = |us| (!is_none(us)).then(|| Timestamp::from_microsecond(us).unwrap_or(Timestamp::MAX));
        Lifetime {
            not_before: time(self.not_before_us),
            expires_at: time(self.expires_us),
            retires_at: time(self.retires_us),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_comes_back_as_it_was() {
        let at = |us| Some(Timestamp::from_microsecond(us).unwrap());
        for lifetime in [
            Lifetime::default(),
            Lifetime { not_before: at(1), expires_at: at(2), retires_at: at(3) },
            Lifetime { expires_at: at(1_767_225_600_000_001), ..Lifetime::default() },
            Lifetime {
                not_before: Some(Timestamp::MIN),
                expires_at: Some(Timestamp::UNIX_EPOCH),
                retires_at: None,
            },
        ] {
            assert_eq!(Times::of(&lifetime).lifetime(), lifetime);
        }
    }

    #[test]
    fn the_end_of_time_is_never_later_than_it_was() {
        let lifetime = Lifetime { expires_at: Some(Timestamp::MAX), ..Lifetime::default() };
        assert!(Times::of(&lifetime).lifetime().expires_at <= Some(Timestamp::MAX));
        assert!(Times::of(&lifetime).lifetime().expires_at.is_some());
    }

    #[test]
    fn an_entry_fits_two_lines_of_the_processors_cache() {
        let counts = 2 * size_of::<usize>();
        assert!(counts + size_of::<KeyEntry>() <= 128, "{}", size_of::<KeyEntry>());
    }
}
