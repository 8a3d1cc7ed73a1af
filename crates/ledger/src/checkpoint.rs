//! A checkpoint: the signed statement that the log has this many entries and this root hash.

use std::fmt;

use signed_note::Note;
use thiserror::Error;
use tlog_tiles::Hash;

use crate::{CheckpointSigner, VerifierKey};

/// Why a checkpoint, or a key for checkpoints, is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// The text is not a checkpoint.
    #[error("this is not a checkpoint (a C2SP tlog-checkpoint, signed as a note)")]
    Format,
    /// The checkpoint is of another log.
    #[error("the checkpoint is of another log than the verifier key")]
    Origin,
    /// The signature is missing or wrong.
    #[error("the checkpoint does not bear a valid signature by the verifier key")]
    Signature,
    /// The log's name cannot stand in a note.
    #[error("a log's name must not be empty, nor hold spaces, plus signs or control characters")]
    Name,
    /// The seed has the wrong length.
    #[error("the seed of a signing key must be 32 bytes")]
    Seed,
    /// The text is not a verifier key.
    #[error("this is not a note verifier key (`name+hash+base64`)")]
    VerifierKey,
}

/// The signed statement that the log has this many entries and this root hash.
///
/// Keep copies of its text elsewhere: one that is out of reach of whoever may change the log proves every change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    text: String,
    origin: String,
    size: u64,
    root: [u8; 32],
}

impl Checkpoint {
    /// Reads a checkpoint and checks who signed it.
    ///
    /// # Errors
    /// [`CheckpointError::Format`]; [`CheckpointError::Origin`]; [`CheckpointError::Signature`].
    pub fn verified(text: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let (checkpoint, note) = Self::parse(text)?;
        if checkpoint.origin != key.name() {
            return Err(CheckpointError::Origin);
        }
        key.has_signed(&note).then_some(checkpoint).ok_or(CheckpointError::Signature)
    }

    /// Reads a checkpoint without asking who signed it.
    pub(crate) fn unverified(text: &str) -> Result<Self, CheckpointError> {
        Self::parse(text).map(|(checkpoint, _)| checkpoint)
    }

    /// Signs a tree head. No extension line, not even the time: monitors could not audit it (tlog-checkpoint, "Note text").
    pub(crate) fn sign(size: u64, root: Hash, signer: &CheckpointSigner) -> Result<Self, CheckpointError> {
        let head =
            tlog_tiles::Checkpoint::new(signer.name(), size, root, "").map_err(|_| CheckpointError::Name)?;
        let note = signer.sign(&head.to_bytes())?.to_bytes();
        let text = String::from_utf8(note).map_err(|_| CheckpointError::Format)?;
        Ok(Self { text, origin: signer.name().to_owned(), size, root: root.0 })
    }

    fn parse(text: &str) -> Result<(Self, Note), CheckpointError> {
        let note = Note::from_bytes(text.as_bytes()).map_err(|_| CheckpointError::Format)?;
        let head = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| CheckpointError::Format)?;
        let (origin, root) = (head.origin().to_owned(), head.hash().0);
        Ok((Self { text: text.to_owned(), origin, size: head.size(), root }, note))
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries it covers: those with a smaller index.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root hash of the RFC 6962 tree over these entries.
    pub fn root(&self) -> [u8; 32] {
        self.root
    }

    /// Whether a tree of this size has the root that was signed.
    pub(crate) fn covers(&self, root: Hash) -> bool {
        self.root == root.0
    }

    /// The signed note, as it is stored and handed to others.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use tlog_tiles::EMPTY_HASH;

    use super::*;
    use crate::fixtures::signer;

    fn checkpoint() -> Checkpoint {
        Checkpoint::sign(3, EMPTY_HASH, &signer()).unwrap()
    }

    #[test]
    fn a_checkpoint_is_a_note_that_its_own_key_verifies() {
        let checkpoint = checkpoint();
        let head = "keyward.local/audit/test\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u{2014} keyward.local/audit/test ";
        assert!(checkpoint.as_str().starts_with(head), "{checkpoint}");
        assert_eq!(Checkpoint::verified(checkpoint.as_str(), signer().verifier_key()), Ok(checkpoint));
    }

    #[test]
    fn another_name_or_another_key_does_not_verify_it() {
        let refusal = |name, seed: u8| {
            let other = CheckpointSigner::from_seed(name, &[seed; 32]).unwrap();
            Checkpoint::verified(checkpoint().as_str(), other.verifier_key()).unwrap_err()
        };
        assert_eq!(refusal("keyward.local/audit/other", 7), CheckpointError::Origin);
        assert_eq!(refusal("keyward.local/audit/test", 8), CheckpointError::Signature);
    }

    #[test]
    fn what_is_no_checkpoint_is_refused() {
        for text in ["", "\n\n", "a\n1\nx\n\n", "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"] {
            let refused = Checkpoint::verified(text, signer().verifier_key());
            assert_eq!(refused, Err(CheckpointError::Format), "{text:?}");
        }
    }
}
