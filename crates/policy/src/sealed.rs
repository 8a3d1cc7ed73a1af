//! Secrets as the database sees them: sealed bytes, and the record that they belong to.

use std::fmt;

use crate::{CredentialId, KeyId};

/// A secret sealed by the vault.
///
/// Worth nothing without the vault's root key; rows, backups and this type hold nothing else.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Box<[u8]>);

impl Sealed {
    /// Takes the bytes that the vault made, or that a row holds.
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// Gives the bytes away.
    pub fn into_bytes(self) -> Box<[u8]> {
        self.0
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// The record that a sealed secret belongs to: a sealed secret moved to another record does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretOwner {
    /// The real secret of an exchange credential.
    Credential(CredentialId),
    /// The HMAC secret of an issued key.
    Key(KeyId),
    /// The secret of an issued key on its way to whoever will use it.
    HandOver(KeyId),
    /// The private key that signs audit checkpoints.
    AuditLog,
    /// The private key that signs the identities of assert-mode venues.
    Identity,
}

impl fmt::Display for SecretOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credential(id) => id.fmt(f),
            Self::Key(id) => id.fmt(f),
            Self::HandOver(id) => write!(f, "link:{id}"),
            Self::AuditLog => f.write_str("audit-log"),
            Self::Identity => f.write_str("identity"),
        }
    }
}
