//! What the tests of this crate share.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use keyward_policy::{CredentialId, Entropy, KeyId, SecretOwner};

use crate::{KdfParams, SealedRoot, Secret, Unlock, Vault};

/// Never the same bytes twice in a test, and the same in every run.
pub(crate) struct Counting(AtomicU8);

impl Counting {
    pub(crate) fn new() -> Self {
        Self(AtomicU8::new(1))
    }
}

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
    }
}

/// As cheap as Argon2id gets.
pub(crate) fn cheap() -> KdfParams {
    KdfParams::new(8, 1, 1).unwrap()
}

pub(crate) fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(Secret::from_vec(text.into()).unwrap())
}

pub(crate) fn key_file(byte: u8, len: usize) -> Unlock {
    Unlock::KeyFile(Secret::from_vec(vec![byte; len]).unwrap())
}

pub(crate) fn sealed_vault() -> Vault {
    Vault::new(Arc::new(Counting::new()))
}

/// An unsealed vault and its root key, under the passphrase `open`.
pub(crate) fn vault() -> (Vault, SealedRoot) {
    let vault = sealed_vault();
    let root = vault.init(&passphrase("open"), cheap()).unwrap();
    (vault, root)
}

pub(crate) fn key(byte: u8) -> SecretOwner {
    SecretOwner::Key(KeyId::from_entropy([byte; 16]))
}

pub(crate) fn credential(byte: u8) -> SecretOwner {
    SecretOwner::Credential(CredentialId::from_entropy([byte; 16]))
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}
