//! Issued keys: what they are, the states they pass through, and when they may be used.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{AddressRules, ApiKey, Grant, KeyId, Pages, ProjectId, RateLimit, Reason, Sealed};

/// The application, strategy, customer or partner that owns keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// Its unique name.
    pub name: String,
    /// How old its keys become before they should be rotated, in days: 1 to 90.
    pub rotate_after_days: u16,
    /// Whether what widens its keys, and wide keys, need a second operator.
    pub four_eyes: bool,
    /// When it was added.
    pub created_at: Timestamp,
}

impl Project {
    /// The oldest that a key should become, and the age of keys where nobody says otherwise.
    pub const ROTATE_AFTER_DAYS_MAX: u16 = 90;
}

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyType {
    /// HMAC with a shared secret; which hash is the dialect's choice.
    Hmac,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// RSA PKCS#1 v1.5 with SHA-256 (RFC 8017).
    Rsa,
    /// It signs nothing: it may be read by anybody, and reads market data in named pages. Only issued keys are of this type.
    Publishable,
}

/// What checks that a request is a key's. For asymmetric keys Keyward never holds the private half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verifier {
    /// The sealed HMAC secret.
    Hmac(Sealed),
    /// The 32 bytes of an Ed25519 public key.
    Ed25519([u8; 32]),
    /// The DER of an RSA public key (RFC 5280 `SubjectPublicKeyInfo`).
    Rsa(Box<[u8]>),
    /// No signature: the pages that a publishable key may be used in.
    Pages(Pages),
}

impl Verifier {
    /// The type of key that it belongs to.
    pub const fn key_type(&self) -> KeyType {
        match self {
            Self::Hmac(_) => KeyType::Hmac,
            Self::Ed25519(_) => KeyType::Ed25519,
            Self::Rsa(_) => KeyType::Rsa,
            Self::Pages(_) => KeyType::Publishable,
        }
    }

    /// The pages of a publishable key; none of a key that signs.
    pub const fn pages(&self) -> Option<&Pages> {
        match self {
            Self::Pages(pages) => Some(pages),
            Self::Hmac(_) | Self::Ed25519(_) | Self::Rsa(_) => None,
        }
    }
}

/// The state that an operator gave a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyState {
    /// In use.
    Active,
    /// Stopped, and may be resumed.
    Suspended,
    /// Ended for good: no transition leads out of here.
    Revoked,
}

/// Why a key cannot change its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TransitionError {
    /// Revocation never reverses.
    #[error("the key is revoked, and a revoked key never comes back; create a new one")]
    Revoked,
    /// Only a suspended key can be resumed.
    #[error("the key is not suspended")]
    NotSuspended,
}

impl KeyState {
    /// Stops a key until it is resumed; stopping a stopped key changes nothing.
    ///
    /// # Errors
    /// [`TransitionError::Revoked`].
    pub fn suspend(self) -> Result<Self, TransitionError> {
        if self == Self::Revoked { Err(TransitionError::Revoked) } else { Ok(Self::Suspended) }
    }

    /// Lets a suspended key be used again.
    ///
    /// # Errors
    /// [`TransitionError`], unless the key is suspended.
    pub fn resume(self) -> Result<Self, TransitionError> {
        match self {
            Self::Suspended => Ok(Self::Active),
            Self::Active => Err(TransitionError::NotSuspended),
            Self::Revoked => Err(TransitionError::Revoked),
        }
    }

    /// The later of two states that race: a revocation wins over everything.
    pub fn sticky(self, newer: Self) -> Self {
        if self == Self::Revoked { self } else { newer }
    }
}

/// When a key may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifetime {
    /// Not usable before this time.
    pub not_before: Option<Timestamp>,
    /// Not usable from this time on; `None` is an explicit choice.
    pub expires_at: Option<Timestamp>,
    /// Rotated away: not usable from this time on.
    pub retires_at: Option<Timestamp>,
}

/// What a key is at a moment, from its state and its lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Usable.
    Active,
    /// Usable until its overlap ends.
    Retiring,
    /// Before its time.
    NotYetValid,
    /// Stopped by an operator.
    Suspended,
    /// Its time, or its overlap, is over.
    Expired,
    /// Ended by an operator.
    Revoked,
}

impl Standing {
    /// Lets the usable pass.
    ///
    /// # Errors
    /// The reason why the key is not usable.
    pub const fn check(self) -> Result<(), Reason> {
        match self {
            Self::Active | Self::Retiring => Ok(()),
            Self::NotYetValid => Err(Reason::KeyNotYetValid),
            Self::Suspended => Err(Reason::KeySuspended),
            Self::Expired => Err(Reason::KeyExpired),
            Self::Revoked => Err(Reason::KeyRevoked),
        }
    }
}

impl Lifetime {
    /// What a key in this state is at this time. The most final answer wins.
    pub fn standing(&self, state: KeyState, now: Timestamp) -> Standing {
        let over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
        match state {
            KeyState::Revoked => Standing::Revoked,
            _ if over(self.expires_at) || over(self.retires_at) => Standing::Expired,
            KeyState::Suspended => Standing::Suspended,
            KeyState::Active if self.not_before.is_some_and(|start| start > now) => Standing::NotYetValid,
            KeyState::Active if self.retires_at.is_some() => Standing::Retiring,
            KeyState::Active => Standing::Active,
        }
    }
}

/// An API key that Keyward issued.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Its id.
    pub id: KeyId,
    /// Who owns it.
    pub project: ProjectId,
    /// What people call it.
    pub name: String,
    /// What clients send.
    pub api_key: ApiKey,
    /// What checks that a request is its own.
    pub verifier: Verifier,
    /// What an operator made of it.
    pub state: KeyState,
    /// When it may be used.
    pub lifetime: Lifetime,
    /// From where it may be used.
    pub addresses: AddressRules,
    /// How often it may be used; `None` means without limit.
    pub rate: Option<RateLimit>,
    /// What it may do, venue by venue; at most one grant a venue.
    pub grants: Vec<Grant>,
    /// Grows by one with every change: audit records name it as the policy version.
    pub revision: u64,
    /// When it was issued.
    pub created_at: Timestamp,
    /// The key that this one replaced by rotation.
    pub rotated_from: Option<KeyId>,
}

impl Key {
    /// What the key is at this time.
    pub fn standing(&self, now: Timestamp) -> Standing {
        self.lifetime.standing(self.state, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_revoked_key_never_comes_back() {
        assert_eq!(KeyState::Revoked.resume(), Err(TransitionError::Revoked));
        assert_eq!(KeyState::Revoked.suspend(), Err(TransitionError::Revoked));
        assert_eq!(KeyState::Revoked.sticky(KeyState::Active), KeyState::Revoked);
    }

    #[test]
    fn a_suspended_key_resumes_once() {
        let suspended = KeyState::Active.suspend().unwrap();
        assert_eq!(suspended.resume(), Ok(KeyState::Active));
        assert_eq!(KeyState::Active.resume(), Err(TransitionError::NotSuspended));
    }

    #[test]
    fn time_moves_a_key_through_its_life() {
        let life = Lifetime { not_before: Some(at(10)), expires_at: Some(at(30)), retires_at: None };
        let standing = |second| life.standing(KeyState::Active, at(second));
        assert_eq!(
            [9, 10, 29, 30].map(standing),
            [Standing::NotYetValid, Standing::Active, Standing::Active, Standing::Expired]
        );
    }

    #[test]
    fn a_retiring_key_works_until_its_overlap_ends() {
        let life = Lifetime { retires_at: Some(at(20)), ..Lifetime::default() };
        assert_eq!(life.standing(KeyState::Active, at(19)), Standing::Retiring);
        assert_eq!(life.standing(KeyState::Active, at(20)), Standing::Expired);
        assert_eq!(life.standing(KeyState::Suspended, at(19)), Standing::Suspended);
    }

    #[test]
    fn the_most_final_state_wins() {
        let over = Lifetime { expires_at: Some(at(1)), ..Lifetime::default() };
        assert_eq!(over.standing(KeyState::Revoked, at(2)), Standing::Revoked);
        assert_eq!(over.standing(KeyState::Suspended, at(2)), Standing::Expired);
    }
}
