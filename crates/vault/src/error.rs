//! Why the vault refused.

use std::io;

use thiserror::Error;

use crate::{MAX_SECRET, SECRET_LIMIT};

/// Why the vault refused. No variant ever carries a byte of a secret.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The root key is not in memory.
    #[error("the vault is sealed: unseal it first (`keyward vault unseal`)")]
    Sealed,
    /// A new root key was asked for while one is in use.
    #[error("the vault is unsealed already: its root key would be lost")]
    AlreadyUnsealed,
    /// The passphrase or key file is not the one that sealed the root key, or the sealed root key was changed.
    #[error("the passphrase or key file is wrong, or the sealed root key was changed")]
    WrongUnlock,
    /// A passphrase was given for a key file's vault, or the other way round.
    #[error("this vault is unlocked by a {expected}, not by a {given}")]
    OtherUnlock {
        /// What sealed the root key.
        expected: &'static str,
        /// What was given.
        given: &'static str,
    },
    /// The passphrase is empty.
    #[error("the passphrase is empty")]
    PassphraseEmpty,
    /// The key file is too short to be a key.
    #[error("the key file is too short: it must hold at least 32 random bytes (`head -c 32 /dev/urandom`)")]
    KeyFileShort,
    /// The cost of the passphrase's key derivation is outside of what this version accepts.
    #[error(
        "the key derivation's cost is outside of what is accepted: 8 KiB to 1 GiB, 1 to 16 passes, 1 to 16 lanes"
    )]
    KdfParams,
    /// The bytes are not a sealed root key that this version can read.
    #[error("these bytes are not a sealed root key of a version that this program reads")]
    RootFormat,
    /// A sealed secret does not open.
    #[error(
        "the sealed secret does not open: it was changed, belongs to another record, or is of another vault"
    )]
    DoesNotOpen,
    /// The secret is longer than any exchange secret or private key.
    #[error("the secret is longer than {MAX_SECRET} bytes")]
    SecretLong,
    /// What was read is too long to be a passphrase, a key file or a secret.
    #[error("this is longer than {SECRET_LIMIT} bytes: too long for a passphrase, a key file or a secret")]
    InputLong,
    /// Reading a secret failed.
    #[error("the secret cannot be read")]
    Unreadable(#[source] io::Error),
    /// More secrets are open at once than the vault has pages for.
    #[error("too many secrets are open at once: try again")]
    Busy,
    /// The operating system gave no memory.
    #[error("there is no memory for a secret")]
    OutOfMemory,
}
