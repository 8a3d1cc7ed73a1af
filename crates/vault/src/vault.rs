//! The vault: the root key while it is unsealed, and what can be done with it.

use std::sync::Arc;

use keyward_policy::{Entropy, Sealed, SecretOwner};
use parking_lot::RwLock;

use crate::locked::Locked;
use crate::pool::Pool;
use crate::unlock::KEY;
use crate::{Error, KdfParams, Opened, SealedRoot, Unlock, envelope};

/// Holds the root key while it is unsealed; starts sealed.
///
/// Shared by reference between all that need it. [`Self::unseal`], [`Self::init`] and [`Self::rekey`] with a passphrase
/// take about 0.1 s and 64 MiB by design: keep them off the threads that serve requests.
pub struct Vault {
    entropy: Arc<dyn Entropy>,
    root: RwLock<Option<Locked>>,
    pool: Arc<Pool>,
}

impl Vault {
    /// A sealed vault.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, root: RwLock::new(None), pool: Pool::new() }
    }

    /// Makes a random root key, keeps it (the vault is unsealed now) and returns its form at rest.
    ///
    /// # Errors
    /// [`Error::AlreadyUnsealed`]; [`Error::PassphraseEmpty`]; [`Error::KeyFileShort`]; [`Error::OutOfMemory`].
    pub fn init(&self, unlock: &Unlock, params: KdfParams) -> Result<SealedRoot, Error> {
        let mut root = Locked::new(KEY)?;
        self.entropy.fill(&mut root);
        let sealed = SealedRoot::wrap(&root, unlock, params, &*self.entropy)?;
        let mut current = self.root.write();
        if current.is_some() {
            return Err(Error::AlreadyUnsealed);
        }
        *current = Some(root);
        Ok(sealed)
    }

    /// Brings the root key into memory. Unsealing an unsealed vault checks the passphrase again.
    ///
    /// # Errors
    /// [`Error::WrongUnlock`]; [`Error::OtherUnlock`]; [`Error::PassphraseEmpty`]; [`Error::KeyFileShort`];
    /// [`Error::OutOfMemory`].
    pub fn unseal(&self, sealed: &SealedRoot, unlock: &Unlock) -> Result<(), Error> {
        let root = sealed.unwrap(unlock)?;
        *self.root.write() = Some(root);
        Ok(())
    }

    /// Wipes the root key. Waits for the opening that runs, at most microseconds; no other starts. What is open already
    /// stays open until its user drops it.
    pub fn seal(&self) {
        *self.root.write() = None;
    }

    /// Whether the root key is absent.
    pub fn is_sealed(&self) -> bool {
        self.root.read().is_none()
    }

    /// The same root key, sealed anew: another passphrase, a key file instead of one, another cost. No secret changes,
    /// and the vault stays sealed or unsealed as it was.
    ///
    /// # Errors
    /// As [`Self::unseal`] for `old`; [`Error::PassphraseEmpty`] or [`Error::KeyFileShort`] for `new`.
    pub fn rekey(
        &self,
        sealed: &SealedRoot,
        old: &Unlock,
        new: &Unlock,
        params: KdfParams,
    ) -> Result<SealedRoot, Error> {
        SealedRoot::wrap(&sealed.unwrap(old)?, new, params, &*self.entropy)
    }

    /// Seals a secret for the one record that it belongs to.
    ///
    /// # Errors
    /// [`Error::Sealed`]; [`Error::SecretLong`] above [`MAX_SECRET`](crate::MAX_SECRET) bytes; [`Error::Busy`];
    /// [`Error::OutOfMemory`].
    pub fn seal_secret(&self, owner: SecretOwner, plaintext: &[u8]) -> Result<Sealed, Error> {
        let page = self.pool.take()?;
        let root = self.root.read();
        let root = root.as_ref().ok_or(Error::Sealed)?;
        envelope::seal(root, owner, plaintext, &*self.entropy, page)
    }

    /// Opens a secret for the moment of its use: about a microsecond, no system call, no allocation.
    ///
    /// # Errors
    /// [`Error::Sealed`]; [`Error::DoesNotOpen`]; [`Error::Busy`]; [`Error::OutOfMemory`].
    pub fn open(&self, owner: SecretOwner, sealed: &Sealed) -> Result<Opened, Error> {
        let page = self.pool.take()?;
        let root = self.root.read();
        let root = root.as_ref().ok_or(Error::Sealed)?;
        envelope::open(root, owner, sealed, page)
    }

    /// Whether the kernel agreed to keep every page of secrets out of the swap. If not, raise `RLIMIT_MEMLOCK`.
    pub fn memory_locked(&self) -> bool {
        self.pool.all_locked() && self.root.read().as_ref().is_none_or(Locked::is_locked)
    }
}
