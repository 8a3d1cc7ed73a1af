//! The root key at rest: wrapped by what unlocks it, behind a versioned header that is authenticated with it.
//!
//! ```text
//! "KWRK" | version 1 | kind 1 | memory, passes, lanes (u32, big-endian) | salt 16 | sealed root key (see `aead`)
//! '----------------------------- authenticated ------------------------------'
//! ```

use keyward_policy::Entropy;

use crate::locked::Locked;
use crate::unlock::{KEY, Kdf, KdfParams, SALT, Unlock};
use crate::{Error, aead};

const MAGIC: &[u8; 5] = b"KWRK\x01";
const PASSPHRASE: u8 = 1;
const KEY_FILE: u8 = 2;
const HEADER: usize = MAGIC.len() + 1 + 3 * 4 + SALT;
const SEALED_ROOT: usize = HEADER + KEY + aead::OVERHEAD;

/// The root key, sealed by a passphrase or a key file: worth nothing without it, so it may lie beside the secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRoot {
    kdf: Kdf,
    salt: [u8; SALT],
    bytes: Box<[u8]>,
}

impl SealedRoot {
    /// Reads what [`Self::as_bytes`] gave. Costs nothing yet, whatever the header asks for.
    ///
    /// # Errors
    /// [`Error::RootFormat`]; [`Error::KdfParams`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (kdf, salt) =
            read_header(bytes).filter(|_| bytes.len() == SEALED_ROOT).ok_or(Error::RootFormat)?;
        let kdf = match kdf {
            (PASSPHRASE, [memory, passes, lanes]) => Kdf::Argon2id(KdfParams::new(memory, passes, lanes)?),
            (KEY_FILE, [0, 0, 0]) => Kdf::Hkdf,
            _ => return Err(Error::RootFormat),
        };
        Ok(Self { kdf, salt, bytes: bytes.into() })
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Wraps `root` for `unlock`, with a fresh salt.
    pub(crate) fn wrap(
        root: &[u8],
        unlock: &Unlock,
        params: KdfParams,
        entropy: &dyn Entropy,
    ) -> Result<Self, Error> {
        let mut salt = [0; SALT];
        entropy.fill(&mut salt);
        let kdf = Kdf::of(unlock, params);
        let wrapping = kdf.derive(unlock, &salt)?;
        let header = write_header(kdf, &salt);
        let mut text = Locked::new(KEY)?;
        text.copy_from_slice(root);
        let mut bytes = header.clone();
        aead::seal(&wrapping, &header, &mut text, entropy, &mut bytes).ok_or(Error::RootFormat)?;
        Ok(Self { kdf, salt, bytes: bytes.into() })
    }

    /// The root key, in locked memory.
    pub(crate) fn unwrap(&self, unlock: &Unlock) -> Result<Locked, Error> {
        let wrapping = self.kdf.derive(unlock, &self.salt)?;
        let (header, sealed) = self.bytes.split_at(HEADER);
        let mut root = Locked::new(KEY)?;
        aead::open(&wrapping, header, sealed, &mut root).ok_or(Error::WrongUnlock)?;
        Ok(root)
    }
}

fn write_header(kdf: Kdf, salt: &[u8; SALT]) -> Vec<u8> {
    let (kind, numbers) = match kdf {
        Kdf::Argon2id(params) => (PASSPHRASE, params.to_numbers()),
        Kdf::Hkdf => (KEY_FILE, [0; 3]),
    };
    let mut header = Vec::with_capacity(SEALED_ROOT);
    header.extend_from_slice(MAGIC);
    header.push(kind);
    header.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    header.extend_from_slice(salt);
    header
}

/// The kind and the three numbers, and the salt; none when it is not a header.
#[expect(clippy::type_complexity, reason = "the raw header, named one line later by its only caller")]
fn read_header(bytes: &[u8]) -> Option<((u8, [u32; 3]), [u8; SALT])> {
    let (kind, rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
    let (memory, rest) = rest.split_first_chunk()?;
    let (passes, rest) = rest.split_first_chunk()?;
    let (lanes, rest) = rest.split_first_chunk()?;
    let numbers = [memory, passes, lanes].map(|number| u32::from_be_bytes(*number));
    Some(((*kind, numbers), *rest.first_chunk()?))
}
