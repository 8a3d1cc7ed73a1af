//! A browser's way to the provider and back: what it was sent for, known again when it returns, once and not for long.
//!
//! A cookie says itself what its browser was sent for and until when, under a code that only this process can make; the
//! state, the nonce and the verifier follow from it by the same key. So whoever begins many sign-ins takes no room here, and
//! only those that ended are remembered. Another browser has another cookie, and its state is not taken (RFC 9700 2.1, 4.7).

use std::collections::HashMap;
use std::sync::OnceLock;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use keyward_policy::Entropy;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::people::digest;

/// For how long a browser may be away: people type passwords and look for phones.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// The most ended ones that are remembered; beyond it nobody comes by the provider for a while.
const REMEMBERED_MAX: usize = 10_000;
/// The longest way back that is remembered.
const THEN_MAX: usize = 1024;
/// The longest cookie that is looked at.
const COOKIE_MAX: usize = 4096;

/// What somebody was sent to the provider for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Purpose {
    /// To sign in.
    SignIn,
    /// To link himself, in the session with this digest.
    Link(String),
    /// To take the invitation with this digest.
    Invitation(String),
}

/// What a cookie says.
#[derive(Serialize, Deserialize)]
struct Stated {
    random: String,
    until: i64,
    purpose: Purpose,
    then: String,
}

/// A way to the provider and back.
pub(crate) struct Journey {
    pub(crate) purpose: Purpose,
    /// Where he wanted to go.
    pub(crate) then: String,
    /// What comes back with the answer (RFC 6749 10.12).
    pub(crate) state: String,
    /// What stands in the token (OpenID Connect Core 3.1.2.1).
    pub(crate) nonce: String,
    /// What proves that the code is exchanged by whoever asked for it (RFC 7636).
    pub(crate) verifier: String,
}

/// The journeys of this process.
#[derive(Default)]
pub(super) struct Journeys {
    /// Drawn with the first journey.
    key: OnceLock<[u8; 32]>,
    ended: Mutex<HashMap<String, i64>>,
}

impl Journey {
    /// What a browser takes along of the verifier (RFC 7636 4.2).
    pub(crate) fn challenge(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier))
    }

    /// With the verifier of RFC 7636, appendix B.
    #[cfg(test)]
    pub(super) fn of_tests() -> Self {
        Self {
            purpose: Purpose::SignIn,
            then: String::new(),
            state: "the state".to_owned(),
            nonce: "the nonce".to_owned(),
            verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned(),
        }
    }
}

impl Journeys {
    /// Begins one: what the browser keeps, and what goes to the provider.
    pub(super) fn begin(
        &self,
        purpose: Purpose,
        then: &str,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> Option<(String, Journey)> {
        self.key.get_or_init(|| {
            let mut key = [0; 32];
            entropy.fill(&mut key);
            key
        });
        let mut random = [0; 16];
        entropy.fill(&mut random);
        let stated = Stated {
            random: BASE64_URL_SAFE_NO_PAD.encode(random),
            until: (now + GOOD_FOR).as_second(),
            purpose,
            then: if then.len() <= THEN_MAX { then.to_owned() } else { String::new() },
        };
        let payload = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&stated).ok()?);
        let cookie = format!("{payload}.{}", self.derived("cookie", &payload)?);
        Some((cookie, self.journey(&payload, stated)?))
    }

    /// Ends the one that a browser began and brings back with this state, if it may still; then it is no more.
    pub(super) fn end(&self, cookie: &str, state: &str, now: Timestamp) -> Option<Journey> {
        let (payload, code) = cookie.split_once('.').filter(|_| cookie.len() <= COOKIE_MAX)?;
        // Digests are compared, so that the time tells nothing of how much was right.
        if digest(code) != digest(&self.derived("cookie", payload)?) {
            return None;
        }
        let stated: Stated = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let until = stated.until;
        let journey = self.journey(payload, stated)?;
        let is_his = digest(state) == digest(&journey.state);
        (is_his && self.remember(&journey.state, until, now.as_second())).then_some(journey)
    }

    fn remember(&self, state: &str, until: i64, now: i64) -> bool {
        let mut ended = self.ended.lock();
        if ended.len() >= REMEMBERED_MAX {
            ended.retain(|_, until| *until > now);
        }
        until > now && ended.len() < REMEMBERED_MAX && ended.insert(state.to_owned(), until).is_none()
    }

    fn journey(&self, payload: &str, stated: Stated) -> Option<Journey> {
        Some(Journey {
            purpose: stated.purpose,
            then: stated.then,
            state: self.derived("state", payload)?,
            nonce: self.derived("nonce", payload)?,
            verifier: self.derived("verifier", payload)?,
        })
    }

    /// What follows from a payload for one use, and from nothing that a browser sees of another.
    fn derived(&self, use_of: &str, payload: &str) -> Option<String> {
        let mac = Hmac::<Sha256>::new_from_slice(self.key.get()?).ok()?;
        let mac =
            mac.chain_update("keyward oidc ").chain_update(use_of).chain_update(" ").chain_update(payload);
        Some(BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Counted;

    #[test]
    fn a_journey_ends_once_in_its_own_browser_and_not_late() {
        let (journeys, entropy, now) = (Journeys::default(), Counted::default(), Timestamp::UNIX_EPOCH);
        let begin = || journeys.begin(Purpose::Link("s".to_owned()), "/keys", &entropy, now).unwrap();
        let ((cookie, hers), (other, his)) = (begin(), begin());
        assert!(journeys.end(&other, &hers.state, now).is_none(), "the state of another browser");
        assert!(journeys.end(&cookie, "", now).is_none());
        assert!(journeys.end(&format!("{cookie}x"), &hers.state, now).is_none());
        let ended = journeys.end(&cookie, &hers.state, now).unwrap();
        assert_eq!((ended.purpose, &*ended.then), (Purpose::Link("s".to_owned()), "/keys"));
        assert_eq!((ended.nonce, ended.verifier.len()), (hers.nonce, 43));
        assert!(journeys.end(&cookie, &hers.state, now).is_none(), "once");
        assert!(journeys.end(&other, &his.state, now + GOOD_FOR).is_none(), "late");
        assert!(Journeys::default().end(&other, &his.state, now).is_none(), "another process");
    }

    #[test]
    fn a_cookie_that_was_made_up_leads_nowhere() {
        let (journeys, entropy, now) = (Journeys::default(), Counted::default(), Timestamp::UNIX_EPOCH);
        let (cookie, hers) = journeys.begin(Purpose::SignIn, "/", &entropy, now).unwrap();
        let (payload, code) = cookie.split_once('.').unwrap();
        let stated = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        let changed = BASE64_URL_SAFE_NO_PAD.encode(stated.replace("600", "900"));
        for made_up in [format!("{changed}.{code}"), "a.b".to_owned(), String::new()] {
            assert!(journeys.end(&made_up, &hers.state, now).is_none());
        }
        assert!(!cookie.contains(&hers.state) && !stated.contains(&hers.verifier));
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let journeys = Journeys::default();
        assert!((0..REMEMBERED_MAX).all(|number| journeys.remember(&number.to_string(), 10, 0)));
        assert!(!journeys.remember("one more", 10, 0));
        assert!(journeys.remember("one more", 20, 10));
    }
}
