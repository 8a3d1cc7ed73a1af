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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{cheap, key_file, passphrase, sealed_vault, vault};

    #[test]
    fn a_root_key_unlocks_after_its_way_through_storage() {
        for unlock in [passphrase("open"), key_file(7, 32)] {
            let vault = sealed_vault();
            let root = vault.init(&unlock, cheap()).unwrap();
            let stored = SealedRoot::from_bytes(root.as_bytes()).unwrap();
            assert_eq!(stored, root);
            vault.seal();
            vault.unseal(&stored, &unlock).unwrap();
        }
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let (vault, root) = vault();
        let bytes = root.as_bytes();
        let opens = |bytes: &[u8]| vault.unseal(&SealedRoot::from_bytes(bytes)?, &passphrase("open"));
        opens(bytes).unwrap();
        for bit in 0..bytes.len() * 8 {
            let in_numbers = (MAGIC.len() + 1..HEADER - SALT).contains(&(bit / 8));
            if in_numbers && bit % 8 > 0 {
                continue; // some are sound and would cost a gigabyte; the two tests below take care of the numbers
            }
            let mut changed = bytes.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(opens(&changed).is_err(), "bit {bit}");
        }
        for len in 0..bytes.len() {
            assert!(matches!(opens(&bytes[..len]), Err(Error::RootFormat)), "{len} bytes");
        }
    }

    #[test]
    fn a_hostile_header_is_refused_before_it_costs_anything() {
        let (_, root) = vault();
        let with = |numbers: [u32; 3]| {
            let mut bytes = root.as_bytes().to_vec();
            let numbers: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
            bytes[MAGIC.len() + 1..HEADER - SALT].copy_from_slice(&numbers);
            SealedRoot::from_bytes(&bytes)
        };
        assert!(with([1024 * 1024, 16, 16]).is_ok());
        for numbers in [
            [1024 * 1024 + 1, 1, 1],
            [u32::MAX; 3],
            [0; 3],
            [7, 1, 1],
            [64, 17, 1],
            [64, 0, 1],
            [1024, 1, 17],
        ] {
            assert!(matches!(with(numbers), Err(Error::KdfParams)), "{numbers:?}");
        }
    }

    #[test]
    fn cheaper_parameters_cannot_be_slipped_in() {
        let vault = sealed_vault();
        let root = vault.init(&passphrase("open"), KdfParams::new(16, 1, 1).unwrap()).unwrap();
        let mut bytes = root.as_bytes().to_vec();
        bytes[MAGIC.len() + 4] = 8;
        let cheaper = SealedRoot::from_bytes(&bytes).unwrap();
        assert!(matches!(vault.unseal(&cheaper, &passphrase("open")), Err(Error::WrongUnlock)));
    }
}
