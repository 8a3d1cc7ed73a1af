//! Challenges for authenticators: each is good for what it was given out for, for a few minutes, and once.
//!
//! A challenge says itself until when it is good, under a code that only this process can make; so whoever asks for many
//! of them takes no room here. Only those that were answered are remembered.
//!
//! ```text
//! random 16 | good until, in seconds since 1970, 8 | HMAC-SHA-256 over both and over what it is for, 32
//! ```

use std::collections::HashMap;
use std::sync::OnceLock;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use keyward_policy::Entropy;
use parking_lot::Mutex;
use sha2::Sha256;

/// For how long a challenge is good: people look for their key.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(5);
/// The most answered ones that are remembered; beyond it no answer is taken for a while.
const REMEMBERED_MAX: usize = 10_000;
const RANDOM: usize = 16;
const STATED: usize = RANDOM + 8;
const LENGTH: usize = STATED + 32;

/// What a challenge is for; those for a session are good in that one only.
#[derive(Clone, Copy)]
pub(crate) enum Purpose<'s> {
    /// Signing in.
    SignIn,
    /// Adding a passkey in the session with this digest.
    Add(&'s str),
    /// Showing it again in that session.
    StepUp(&'s str),
    /// Showing it after the identity provider has vouched, under the ticket with this digest.
    HalfWay(&'s str),
}

/// The challenges of this process.
#[derive(Default)]
pub(crate) struct Challenges {
    /// Drawn with the first challenge.
    key: OnceLock<[u8; 32]>,
    answered: Mutex<HashMap<[u8; RANDOM], i64>>,
}

impl Challenges {
    /// A new one, in base64url.
    pub(crate) fn give(&self, purpose: Purpose<'_>, entropy: &dyn Entropy, now: Timestamp) -> String {
        self.key.get_or_init(|| {
            let mut key = [0; 32];
            entropy.fill(&mut key);
            key
        });
        let mut bytes = [0; LENGTH];
        entropy.fill(&mut bytes[..RANDOM]);
        bytes[RANDOM..STATED].copy_from_slice(&(now + GOOD_FOR).as_second().to_be_bytes());
        if let Some(mac) = self.mac(&bytes[..STATED], purpose) {
            bytes[STATED..].copy_from_slice(&mac.finalize().into_bytes());
        }
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Takes one that was given out for this, if it is still good; then it is no more.
    pub(crate) fn take(&self, challenge: &str, purpose: Purpose<'_>, now: Timestamp) -> bool {
        let mut bytes = [0; LENGTH];
        let is_whole = BASE64_URL_SAFE_NO_PAD.decode_slice(challenge, &mut bytes) == Ok(LENGTH);
        let (stated, code) = bytes.split_at(STATED);
        let is_ours = self.mac(stated, purpose).is_some_and(|mac| mac.verify_slice(code).is_ok());
        if !is_whole || !is_ours {
            return false;
        }
        let (mut random, mut until) = ([0; RANDOM], [0; 8]);
        random.copy_from_slice(&stated[..RANDOM]);
        until.copy_from_slice(&stated[RANDOM..]);
        self.answer(random, i64::from_be_bytes(until), now.as_second())
    }

    fn answer(&self, random: [u8; RANDOM], until: i64, now: i64) -> bool {
        let mut answered = self.answered.lock();
        if answered.len() >= REMEMBERED_MAX {
            answered.retain(|_, until| *until > now);
        }
        until > now && answered.len() < REMEMBERED_MAX && answered.insert(random, until).is_none()
    }

    fn mac(&self, stated: &[u8], purpose: Purpose<'_>) -> Option<Hmac<Sha256>> {
        let (what, session) = match purpose {
            Purpose::SignIn => ("sign in ", ""),
            Purpose::Add(session) => ("add ", session),
            Purpose::StepUp(session) => ("step up ", session),
            Purpose::HalfWay(ticket) => ("half way ", ticket),
        };
        let mac = Hmac::<Sha256>::new_from_slice(self.key.get()?).ok()?;
        Some(mac.chain_update(stated).chain_update(what).chain_update(session))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Counted;

    #[test]
    fn a_challenge_is_good_once_for_one_thing_and_not_for_long() {
        let entropy = Counted::default();
        let (challenges, now) = (Challenges::default(), Timestamp::UNIX_EPOCH);
        let give = |purpose| challenges.give(purpose, &entropy, now);
        let one = give(Purpose::Add("s1"));
        for wrong in [Purpose::SignIn, Purpose::Add("s2"), Purpose::StepUp("s1"), Purpose::HalfWay("s1")] {
            assert!(!challenges.take(&one, wrong, now));
        }
        assert!(challenges.take(&one, Purpose::Add("s1"), now));
        assert!(!challenges.take(&one, Purpose::Add("s1"), now), "once");
        let late = give(Purpose::SignIn);
        assert!(!challenges.take(&late, Purpose::SignIn, now + GOOD_FOR));
        let another = Challenges::default();
        another.give(Purpose::SignIn, &entropy, now);
        assert!(!another.take(&late, Purpose::SignIn, now), "another process gave it");
        assert!(!challenges.take("AAAA", Purpose::SignIn, now));
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let challenges = Challenges::default();
        let random = |number: usize| std::array::from_fn(|at| number.to_be_bytes()[at % 8]);
        assert!((0..REMEMBERED_MAX).all(|number| challenges.answer(random(number), 10, 0)));
        assert!(!challenges.answer(random(REMEMBERED_MAX), 10, 0));
        assert!(challenges.answer(random(REMEMBERED_MAX), 20, 10));
    }
}
