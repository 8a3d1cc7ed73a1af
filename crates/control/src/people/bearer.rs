//! What somebody shows to be let in: random, known to him alone, and kept here as a digest.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyward_policy::Entropy;
use keyward_vault::PersonalKey;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Error, ShownOnce};

/// The random bytes of one.
const BYTES: usize = 32;
/// The longest that is looked at.
const TEXT_MAX: usize = 100;

/// A new one.
pub(crate) struct Bearer {
    /// For the one who will show it.
    pub(crate) shown: ShownOnce,
    /// What is kept.
    pub(crate) digest: String,
}

impl Bearer {
    /// Makes one. A prefix lets scanners, and people, tell what they have found.
    pub(crate) fn new(prefix: &str, entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; BYTES]);
        entropy.fill(&mut *bytes);
        let text = Zeroizing::new(format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(*bytes)));
        let digest = digest(&text);
        Self { shown: ShownOnce::new(text), digest }
    }
}

/// What is kept of what somebody shows. It is random, so that nothing slow is needed, and nobody learns anything from how
/// long it takes to find the digest.
pub(crate) fn digest(text: &str) -> String {
    let text = if text.len() <= TEXT_MAX { text } else { "" };
    faster_hex::hex_string(&Sha256::digest(text))
}

/// The key that whoever shows it has.
pub(crate) fn key(text: &str) -> Result<PersonalKey, Error> {
    Ok(PersonalKey::of_token(text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Counted;

    #[test]
    fn only_a_digest_is_kept() {
        let bearer = Bearer::new("kwt_", &Counted::default());
        let shown = bearer.shown.text();
        assert_eq!((shown.len(), &shown[..4]), (47, "kwt_"));
        assert_eq!(digest(shown), bearer.digest);
        assert!(!bearer.digest.contains(&shown[4..12]));
        assert_eq!(digest(&"x".repeat(101)), digest(""));
    }
}
