//! Sealing secrets: a root key in locked memory, one data key per secret, every sealed secret bound to its record.
//!
//! A passphrase or key file unlocks the root key ([`SealedRoot`] is its form at rest); the root key wraps a random data
//! key per secret; the data key seals the secret. Both layers are XChaCha20-Poly1305 with random 192-bit nonces, and
//! authenticate the [`SecretOwner`](keyward_policy::SecretOwner). A secret in use is [`Kept`] under one layer of a key of this
//! process, which sealing the vault takes away with the root key. What belongs to one
//! person is sealed under his own password ([`PersonalKey`]). Plaintext leaves only as [`Opened`] or [`Secret`]:
//! locked memory, excluded from core dumps, wiped on drop, impossible to print.
//!
//! What this does not protect from: root on the host while unsealed, and copies in CPU registers or on the stack inside
//! the cipher while it runs.

mod aead;
mod envelope;
mod error;
#[cfg(test)]
mod fixtures;
mod kept;
mod locked;
mod password;
mod pool;
mod root;
mod secret;
mod session;
mod unlock;
mod vault;

pub use envelope::MAX_SECRET;
pub use error::Error;
pub use kept::Kept;
pub use password::{PersonalKey, Verifier};
pub use pool::Opened;
pub use root::SealedRoot;
pub use secret::{SECRET_LIMIT, Secret};
pub use unlock::{KdfParams, Unlock};
pub use vault::Vault;
