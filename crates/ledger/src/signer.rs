//! Who signs checkpoints, and how others check that he did.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use signed_note::{Note, Signature, StandardVerifier, Verifier, VerifierList, is_key_name_valid, key_id};

use crate::CheckpointError;

/// The algorithm byte of Ed25519 in a note key (C2SP signed-note, "Signature types").
const ED25519: u8 = 1;

/// Signs checkpoints with Ed25519, under the log's name.
pub struct CheckpointSigner {
    pair: Ed25519KeyPair,
    key: VerifierKey,
}

impl CheckpointSigner {
    /// From the log's name, which becomes the checkpoints' origin (`keyward.local/audit/<random id>`), and the 32 bytes of
    /// an Ed25519 seed. The key pair lives on the heap of the crypto library, which wipes it on drop.
    ///
    /// # Errors
    /// [`CheckpointError::Name`] when the name is empty or holds a space or a plus; [`CheckpointError::Seed`].
    pub fn from_seed(name: &str, seed: &[u8]) -> Result<Self, CheckpointError> {
        if !is_key_name_valid(name) || name.chars().any(char::is_control) {
            return Err(CheckpointError::Name);
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| CheckpointError::Seed)?;
        let key = VerifierKey::of(name, pair.public_key().as_ref())?;
        Ok(Self { pair, key })
    }

    /// The log's name.
    pub fn name(&self) -> &str {
        self.key.name()
    }

    /// What others need to check this signer's checkpoints.
    pub fn verifier_key(&self) -> &VerifierKey {
        &self.key
    }

    /// The text as a note with this signer's signature.
    pub(crate) fn sign(&self, text: &[u8]) -> Result<Note, CheckpointError> {
        let signature = self.pair.sign(text).as_ref().to_vec();
        let signature = Signature::new(self.name().to_owned(), self.key.verifier.key_id(), signature);
        signature.and_then(|signature| Note::new(text, &[signature])).map_err(|_| CheckpointError::Name)
    }
}

/// The public key that checks a log's checkpoints, as a note verifier key: `name+hash+base64`.
#[derive(Clone)]
pub struct VerifierKey {
    verifier: StandardVerifier,
    text: String,
}

impl VerifierKey {
    fn of(name: &str, public_key: &[u8]) -> Result<Self, CheckpointError> {
        let key = [&[ED25519], public_key].concat();
        format!("{name}+{:08x}+{}", key_id(name, &key), BASE64_STANDARD.encode(&key)).parse()
    }

    /// The log's name: the origin of its checkpoints.
    pub fn name(&self) -> &str {
        self.verifier.name()
    }

    /// Whether the note bears a valid signature by this key.
    pub(crate) fn has_signed(&self, note: &Note) -> bool {
        note.verify(&VerifierList::new(vec![Box::new(self.verifier.clone())])).is_ok()
    }
}

impl FromStr for VerifierKey {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let verifier = StandardVerifier::new(text).map_err(|_| CheckpointError::VerifierKey)?;
        Ok(Self { verifier, text: text.to_owned() })
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::signer;

    /// The key and the note of the C2SP signed-note and Go `sumdb/note` documentation.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem \
                        is.\n\n\u{2014} PeterNeumann \
                        x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn the_published_note_verifies() {
        let key: VerifierKey = KEY.parse().unwrap();
        assert!(key.has_signed(&Note::from_bytes(NOTE.as_bytes()).unwrap()));
        let changed = NOTE.replace("don't", "do");
        assert!(!key.has_signed(&Note::from_bytes(changed.as_bytes()).unwrap()));
    }

    #[test]
    fn a_verifier_key_reads_back_as_it_was_written() {
        let text = signer().verifier_key().to_string();
        assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
        assert_eq!(text.parse::<VerifierKey>().unwrap().name(), signer().name());
    }

    #[test]
    fn names_and_seeds_that_make_no_key_are_refused() {
        let refusal = |name, seed: &[u8]| CheckpointSigner::from_seed(name, seed).err();
        for name in ["", "a b", "a+b", "a\nb", "a\u{7f}b", "a\u{2003}b"] {
            assert_eq!(refusal(name, &[7; 32]), Some(CheckpointError::Name), "{name:?}");
        }
        assert_eq!(refusal("name", &[7; 31]), Some(CheckpointError::Seed));
        for text in ["", "a+b", "name+00000000+AAAA", KEY.trim_end_matches('W')] {
            assert_eq!(text.parse::<VerifierKey>().err(), Some(CheckpointError::VerifierKey), "{text:?}");
        }
    }
}
