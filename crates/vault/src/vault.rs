//! The vault: its keys while it is unsealed, and what can be done with them.

use std::sync::Arc;

use keyward_policy::{Entropy, Sealed, SecretOwner};
use parking_lot::RwLock;

use crate::locked::Locked;
use crate::pool::Pool;
use crate::session::{self, Session};
use crate::unlock::KEY;
use crate::{Error, KdfParams, Kept, Opened, SealedRoot, Unlock, envelope};

/// Holds the root key, and the session key of secrets in use, while it is unsealed; starts sealed.
///
/// Shared by reference between all that need it. [`Self::unseal`], [`Self::init`] and [`Self::rekey`] with a passphrase
/// take about 0.1 s and 64 MiB by design: keep them off the threads that serve requests.
pub struct Vault {
    entropy: Arc<dyn Entropy>,
    keys: RwLock<Option<Keys>>,
    session: Session,
    pool: Arc<Pool>,
}

/// What is in memory while the vault is unsealed.
struct Keys {
    root: Locked,
    session: Locked,
}

impl Vault {
    /// A sealed vault.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        Self { entropy, keys: RwLock::new(None), session: Session::default(), pool: Pool::new() }
    }

    /// Makes a random root key, keeps it (the vault is unsealed now) and returns its form at rest.
    ///
    /// # Errors
    /// [`Error::AlreadyUnsealed`]; [`Error::PassphraseEmpty`]; [`Error::KeyFileShort`]; [`Error::OutOfMemory`].
    pub fn init(&self, unlock: &Unlock, params: KdfParams) -> Result<SealedRoot, Error> {
        let mut root = Locked::new(KEY)?;
        self.entropy.fill(&mut root);
        let sealed = SealedRoot::wrap(&root, unlock, params, &*self.entropy)?;
        let mut current = self.keys.write();
        if current.is_some() {
            return Err(Error::AlreadyUnsealed);
        }
        *current = Some(self.keys(root)?);
        Ok(sealed)
    }

    /// Brings the root key into memory. Unsealing an unsealed vault checks the passphrase again.
    ///
    /// # Errors
    /// [`Error::WrongUnlock`]; [`Error::OtherUnlock`]; [`Error::PassphraseEmpty`]; [`Error::KeyFileShort`];
    /// [`Error::OutOfMemory`].
    pub fn unseal(&self, sealed: &SealedRoot, unlock: &Unlock) -> Result<(), Error> {
        let keys = self.keys(sealed.unwrap(unlock)?)?;
        *self.keys.write() = Some(keys);
        Ok(())
    }

    fn keys(&self, root: Locked) -> Result<Keys, Error> {
        let session = self.session.key(&root, &*self.entropy)?;
        Ok(Keys { root, session })
    }

    /// Wipes the root key and the key of every [`Kept`] secret. Waits for the opening that runs, at most microseconds; no
    /// other starts. What is open already stays open until its user drops it.
    pub fn seal(&self) {
        *self.keys.write() = None;
    }

    /// Whether the root key is absent.
    pub fn is_sealed(&self) -> bool {
        self.keys.read().is_none()
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
        let keys = self.keys.read();
        let keys = keys.as_ref().ok_or(Error::Sealed)?;
        envelope::seal(&keys.root, owner, plaintext, &*self.entropy, page)
    }

    /// Opens a secret at rest for the moment of its use: no system call, no allocation. For what is used again and again
    /// there is [`Self::open_kept`].
    ///
    /// # Errors
    /// [`Error::Sealed`]; [`Error::DoesNotOpen`]; [`Error::Busy`]; [`Error::OutOfMemory`].
    pub fn open(&self, owner: SecretOwner, sealed: &Sealed) -> Result<Opened, Error> {
        let page = self.pool.take()?;
        let keys = self.keys.read();
        let keys = keys.as_ref().ok_or(Error::Sealed)?;
        envelope::open(&keys.root, owner, sealed.as_bytes(), page)
    }

    /// Keeps a secret for use: in use at once where the vault is unsealed, else from its first use on.
    pub fn keep(&self, owner: SecretOwner, sealed: Sealed) -> Kept {
        let kept = Kept::at_rest(sealed);
        // One that does not open is kept as it is: its first use says so, to somebody who wants to know.
        drop(self.open_kept(owner, &kept));
        kept
    }

    /// Opens a kept secret for the moment of its use. The first time it is opened as at rest, which checks its owner.
    ///
    /// # Errors
    /// [`Error::Sealed`]; [`Error::DoesNotOpen`]; [`Error::Busy`]; [`Error::OutOfMemory`].
    pub fn open_kept(&self, owner: SecretOwner, kept: &Kept) -> Result<Opened, Error> {
        let page = self.pool.take()?;
        let keys = self.keys.read();
        let keys = keys.as_ref().ok_or(Error::Sealed)?;
        let mut bytes = kept.0.lock();
        if session::is_in_use(&bytes) {
            return session::open(&keys.session, &bytes, page);
        }
        let opened = envelope::open(&keys.root, owner, &bytes, page)?;
        *bytes = self.session.seal(&keys.session, &opened, self.pool.take()?).ok_or(Error::DoesNotOpen)?;
        Ok(opened)
    }

    /// Whether the kernel agreed to keep every page of secrets out of the swap. If not, raise `RLIMIT_MEMLOCK`.
    pub fn memory_locked(&self) -> bool {
        let locked = |keys: &Keys| keys.root.is_locked() && keys.session.is_locked();
        self.pool.all_locked() && self.keys.read().as_ref().is_none_or(locked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{cheap, hex, key, key_file, passphrase, sealed_vault, vault};

    #[test]
    fn a_sealed_vault_neither_seals_nor_opens_and_an_unsealed_one_does_again() {
        let (vault, root) = vault();
        let sealed = vault.seal_secret(key(1), b"secret").unwrap();
        let in_flight = vault.open(key(1), &sealed).unwrap();
        vault.seal();
        assert!(vault.is_sealed());
        assert!(matches!(vault.open(key(1), &sealed), Err(Error::Sealed)));
        assert!(matches!(vault.seal_secret(key(1), b"secret"), Err(Error::Sealed)));
        assert_eq!(&*in_flight, b"secret");
        vault.unseal(&root, &passphrase("open")).unwrap();
        assert_eq!(&*vault.open(key(1), &sealed).unwrap(), b"secret");
    }

    #[test]
    fn a_wrong_passphrase_is_an_error_and_leaves_the_vault_as_it_was() {
        let (vault, root) = vault();
        let wrong = |vault: &Vault| vault.unseal(&root, &passphrase("Open"));
        assert!(matches!(wrong(&vault), Err(Error::WrongUnlock)));
        assert!(!vault.is_sealed());
        vault.seal();
        assert!(matches!(wrong(&vault), Err(Error::WrongUnlock)));
        assert!(vault.is_sealed());
    }

    #[test]
    fn what_cannot_protect_a_root_key_is_refused() {
        let init = |unlock| sealed_vault().init(&unlock, cheap()).map(drop);
        assert!(matches!(init(passphrase("")), Err(Error::PassphraseEmpty)));
        assert!(matches!(init(key_file(1, 31)), Err(Error::KeyFileShort)));
        assert!(init(key_file(1, 32)).is_ok());
    }

    #[test]
    fn a_second_init_does_not_throw_the_root_key_away() {
        let (vault, _) = vault();
        let sealed = vault.seal_secret(key(1), b"secret").unwrap();
        assert!(matches!(vault.init(&passphrase("other"), cheap()), Err(Error::AlreadyUnsealed)));
        assert!(vault.open(key(1), &sealed).is_ok());
    }

    #[test]
    fn rekeying_changes_what_unlocks_and_no_secret() {
        let (vault, root) = vault();
        let sealed = vault.seal_secret(key(1), b"secret").unwrap();
        vault.seal();
        let rekeyed = vault.rekey(&root, &passphrase("open"), &key_file(9, 64), cheap()).unwrap();
        assert!(vault.is_sealed());
        assert!(matches!(vault.unseal(&rekeyed, &passphrase("open")), Err(Error::OtherUnlock { .. })));
        assert!(matches!(vault.unseal(&rekeyed, &key_file(8, 64)), Err(Error::WrongUnlock)));
        vault.unseal(&rekeyed, &key_file(9, 64)).unwrap();
        assert_eq!(&*vault.open(key(1), &sealed).unwrap(), b"secret");
    }

    #[test]
    fn rekeying_needs_the_old_passphrase() {
        let (vault, root) = vault();
        let rekeyed = vault.rekey(&root, &passphrase("guess"), &passphrase("new"), cheap());
        assert!(matches!(rekeyed, Err(Error::WrongUnlock)));
    }

    #[test]
    fn secrets_under_another_root_key_do_not_open() {
        let (vault, _) = vault();
        let sealed = vault.seal_secret(key(1), b"secret").unwrap();
        vault.seal();
        vault.init(&passphrase("open"), cheap()).unwrap();
        assert!(matches!(vault.open(key(1), &sealed), Err(Error::DoesNotOpen)));
    }

    #[test]
    fn many_threads_open_while_one_seals() {
        let (vault, root) = vault();
        let sealed = vault.seal_secret(key(1), b"secret").unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        match vault.open(key(1), &sealed) {
                            Ok(opened) => assert_eq!(&*opened, b"secret"),
                            Err(error) => assert!(matches!(error, Error::Sealed), "{error}"),
                        }
                    }
                });
            }
            for _ in 0..20 {
                vault.seal();
                vault.unseal(&root, &passphrase("open")).unwrap();
            }
        });
    }

    /// Made by this version, and opened by libsodium too: whatever changes later, this must open.
    const ROOT: &str = "4b57524b01010000000800000001000000012122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d\
                        3e3f404142434445464748c50b8f3ae9e0af63af30a2a713301dcc7f7abb4a216256256d9a779d3f596c752a7a4d86\
                        8b253da5f0d3c81141c5ec4b";
    const SECRET: &str = "018182838485868788898a8b8c8d8e8f909192939495969798a05ea86e8dc0562d84605ff2029c4ab7aea2b3bd9e0c\
                          f07abe2861239b37e24826e2f6ae4ebc2aa9144d859a5ad79067696a6b6c6d6e6f707172737475767778797a7b7c\
                          7d7e7f804837f551c8cdaafa631f5b1a06870fdf34d92477ace4";

    #[test]
    fn what_the_first_version_sealed_still_opens() {
        let vault = sealed_vault();
        let root = SealedRoot::from_bytes(&hex(ROOT)).unwrap();
        vault.unseal(&root, &passphrase("open")).unwrap();
        let opened = vault.open(key(1), &Sealed::from_bytes(hex(SECRET))).unwrap();
        assert_eq!(&*opened, b"secret");
    }
}
