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
