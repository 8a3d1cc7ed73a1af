//! One sealed secret: a fresh data key under the root key, the secret under the data key.
//!
//! ```text
//! version 1 | sealed data key (32 bytes, under the root key) | sealed secret (under the data key)
//! ```
//! Both layers authenticate the version and the owner. Replacing the root key thus re-seals 32 bytes per secret.

use std::io::Write;

use keyward_policy::{Entropy, Sealed, SecretOwner};

use crate::pool::{Opened, PAGE, Page};
use crate::unlock::KEY;
use crate::{Error, aead};

/// The longest secret, in bytes: with its data key it fills one locked page. An RSA-4096 key in PEM has 3,272.
pub const MAX_SECRET: usize = PAGE - KEY;

const VERSION: u8 = 1;
const SEALED_KEY: usize = KEY + aead::OVERHEAD;

/// What both layers authenticate: `keyward sealed secret 1: cred_…`, without an allocation.
struct Binding {
    text: [u8; 64],
    len: usize,
}

impl Binding {
    fn to(owner: SecretOwner) -> Option<Self> {
        let mut text = [0; 64];
        let mut rest = text.as_mut_slice();
        write!(rest, "keyward sealed secret {VERSION}: {owner}").ok()?;
        let len = 64 - rest.len();
        Some(Self { text, len })
    }

    fn as_bytes(&self) -> &[u8] {
        &self.text[..self.len]
    }
}

/// Seals `plaintext` for `owner` under `root`; `page` is the scratch memory.
pub(crate) fn seal(
    root: &[u8],
    owner: SecretOwner,
    plaintext: &[u8],
    entropy: &dyn Entropy,
    mut page: Page,
) -> Result<Sealed, Error> {
    let scratch = page.claim(KEY + plaintext.len()).ok_or(Error::SecretLong)?;
    let (key, text) = scratch.split_at_mut(KEY);
    entropy.fill(key);
    text.copy_from_slice(plaintext);
    sealed_bytes(root, owner, key, text, entropy).map(Sealed::from_bytes).ok_or(Error::SecretLong)
}

/// The text first: sealing the data key overwrites it.
fn sealed_bytes(
    root: &[u8],
    owner: SecretOwner,
    key: &mut [u8],
    text: &mut [u8],
    entropy: &dyn Entropy,
) -> Option<Vec<u8>> {
    let binding = Binding::to(owner)?;
    let mut secret = Vec::with_capacity(text.len() + aead::OVERHEAD);
    aead::seal(key, binding.as_bytes(), text, entropy, &mut secret)?;
    let mut sealed = Vec::with_capacity(1 + SEALED_KEY + secret.len());
    sealed.push(VERSION);
    aead::seal(root, binding.as_bytes(), key, entropy, &mut sealed)?;
    sealed.append(&mut secret);
    Some(sealed)
}

/// Opens what [`seal`] made, onto `page`.
pub(crate) fn open(root: &[u8], owner: SecretOwner, sealed: &[u8], mut page: Page) -> Result<Opened, Error> {
    open_onto(&mut page, root, owner, sealed).ok_or(Error::DoesNotOpen)?;
    Ok(page.into_opened(KEY))
}

fn open_onto(page: &mut Page, root: &[u8], owner: SecretOwner, sealed: &[u8]) -> Option<()> {
    let (sealed_key, sealed_text) = sealed.strip_prefix(&[VERSION])?.split_at_checked(SEALED_KEY)?;
    let scratch = page.claim(KEY + sealed_text.len().checked_sub(aead::OVERHEAD)?)?;
    let (key, text) = scratch.split_at_mut(KEY);
    let binding = Binding::to(owner)?;
    aead::open(root, binding.as_bytes(), sealed_key, key)?;
    aead::open(key, binding.as_bytes(), sealed_text, text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixtures::{credential, key, vault};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_secret_opens_as_it_was_sealed(text in prop::collection::vec(any::<u8>(), 0..300)) {
            let (vault, _) = vault();
            let sealed = vault.seal_secret(key(1), &text).unwrap();
            prop_assert_eq!(&*vault.open(key(1), &sealed).unwrap(), text.as_slice());
        }

        #[test]
        fn bytes_from_anywhere_do_not_open(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let (vault, _) = vault();
            prop_assert!(vault.open(key(1), &Sealed::from_bytes(bytes)).is_err());
        }
    }

    #[test]
    fn the_longest_secret_fits_and_one_byte_more_does_not() {
        let (vault, _) = vault();
        let sealed = vault.seal_secret(key(1), &[7; MAX_SECRET]).unwrap();
        assert_eq!(*vault.open(key(1), &sealed).unwrap(), [7; MAX_SECRET]);
        assert!(matches!(vault.seal_secret(key(1), &[7; MAX_SECRET + 1]), Err(Error::SecretLong)));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_refused() {
        let (vault, _) = vault();
        let sealed = vault.seal_secret(key(1), b"secret").unwrap().as_bytes().to_vec();
        let opens = |bytes: &[u8]| vault.open(key(1), &Sealed::from_bytes(bytes)).is_ok();
        assert!(opens(&sealed));
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!opens(&changed), "bit {bit}");
        }
        for len in 0..sealed.len() {
            assert!(!opens(&sealed[..len]), "{len} bytes");
        }
    }

    #[test]
    fn a_secret_moved_to_another_record_does_not_open() {
        let (vault, _) = vault();
        let link = SecretOwner::HandOver(keyward_policy::KeyId::from_entropy([1; 16]));
        let owners = [key(1), key(2), link, credential(1), SecretOwner::AuditLog, SecretOwner::Identity];
        for of in owners {
            let sealed = vault.seal_secret(of, b"secret").unwrap();
            for by in owners {
                assert_eq!(vault.open(by, &sealed).is_ok(), of == by, "{of} by {by}");
            }
        }
    }

    #[test]
    fn parts_of_two_sealed_secrets_do_not_combine() {
        let (vault, _) = vault();
        let [one, two] = [b"one", b"two"].map(|text| vault.seal_secret(key(1), text).unwrap());
        let mixed = [&one.as_bytes()[..=SEALED_KEY], &two.as_bytes()[1 + SEALED_KEY..]].concat();
        assert!(vault.open(key(1), &Sealed::from_bytes(mixed)).is_err());
    }

    #[test]
    fn the_same_secret_never_looks_the_same_twice() {
        let (vault, _) = vault();
        let [one, two] = [(); 2].map(|()| vault.seal_secret(key(1), b"secret").unwrap());
        assert_ne!(one, two);
    }
}
