//! What unlocks the root key: a passphrase or a key file, turned into a key.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::hkdf;
use zeroize::Zeroize;

use crate::locked::Locked;
use crate::{Error, Secret};

/// The bytes of a key of XChaCha20-Poly1305.
pub(crate) const KEY: usize = 32;
/// The bytes of salt in a sealed root key.
pub(crate) const SALT: usize = 16;

/// What unlocks the root key.
pub enum Unlock {
    /// A passphrase that a person knows; made expensive to guess by Argon2id.
    Passphrase(Secret),
    /// At least 32 random bytes from a file, a secret store or a hardware token: nothing to guess, so nothing is slow.
    KeyFile(Secret),
}

/// The cost of Argon2id (RFC 9106) for a passphrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl KdfParams {
    /// 64 MiB and three passes, the memory and passes of RFC 9106's second recommended choice and several times OWASP's
    /// minimum of 19 MiB and two passes; one lane, because ours run one after the other. It is paid once per unseal.
    pub const RECOMMENDED: Self = Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

    /// Memory in KiB, passes over it, lanes.
    ///
    /// # Errors
    /// [`Error::KdfParams`] outside of the bounds, which keep a hostile header from asking for all memory or all day.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, Error> {
        let sound = (1..=16).contains(&lanes)
            && (1..=16).contains(&passes)
            && (8 * lanes..=1024 * 1024).contains(&memory_kib);
        sound.then_some(Self { memory_kib, passes, lanes }).ok_or(Error::KdfParams)
    }

    /// The three numbers, as the header of a sealed root key holds them.
    pub(crate) fn to_numbers(self) -> [u32; 3] {
        [self.memory_kib, self.passes, self.lanes]
    }

    /// Argon2id over a passphrase, so many bytes of it, into locked memory.
    pub(crate) fn derive(self, passphrase: &[u8], salt: &[u8; SALT], len: usize) -> Result<Locked, Error> {
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, Some(len)).map_err(|_| Error::KdfParams)?;
        let mut work = Vec::new();
        work.try_reserve_exact(params.block_count()).map_err(|_| Error::OutOfMemory)?;
        work.resize(params.block_count(), Block::default());
        let mut key = Locked::new(len)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let done = argon2.hash_password_into_with_memory(passphrase, salt, &mut key[..len], &mut work);
        work.zeroize();
        done.map_err(|_| Error::KdfParams)?;
        Ok(key)
    }
}

impl Default for KdfParams {
    fn default() -> Self {
        Self::RECOMMENDED
    }
}

/// How a key comes out of an [`Unlock`], as the header of a sealed root key says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kdf {
    Argon2id(KdfParams),
    Hkdf,
}

impl Kdf {
    /// The way that fits what unlocks.
    pub(crate) fn of(unlock: &Unlock, params: KdfParams) -> Self {
        match unlock {
            Unlock::Passphrase(_) => Self::Argon2id(params),
            Unlock::KeyFile(_) => Self::Hkdf,
        }
    }

    /// The key that wraps the root key.
    pub(crate) fn derive(self, unlock: &Unlock, salt: &[u8; SALT]) -> Result<Locked, Error> {
        match (self, unlock) {
            (Self::Argon2id(_), Unlock::Passphrase(phrase)) if phrase.expose().is_empty() => {
                Err(Error::PassphraseEmpty)
            }
            (Self::Argon2id(params), Unlock::Passphrase(phrase)) => params.derive(phrase.expose(), salt, KEY),
            (Self::Hkdf, Unlock::KeyFile(file)) => expand(file.expose(), salt),
            (Self::Argon2id(_), Unlock::KeyFile(_)) => {
                Err(Error::OtherUnlock { expected: "passphrase", given: "key file" })
            }
            (Self::Hkdf, Unlock::Passphrase(_)) => {
                Err(Error::OtherUnlock { expected: "key file", given: "passphrase" })
            }
        }
    }
}

/// HKDF-SHA256 (RFC 5869) over the key file, into locked memory.
fn expand(file: &[u8], salt: &[u8; SALT]) -> Result<Locked, Error> {
    if file.len() < KEY {
        return Err(Error::KeyFileShort);
    }
    let mut key = Locked::new(KEY)?;
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(file)
        .expand(&[b"keyward root key"], hkdf::HKDF_SHA256)
        .and_then(|bytes| bytes.fill(&mut key[..KEY]))
        .map_err(|_| Error::KeyFileShort)?;
    Ok(key)
}
