//! A person's password: what is kept to check it, and the key that comes out of it and is kept nowhere.
//!
//! ```text
//! version 1 | memory, passes, lanes (4 bytes each) | salt 16 | SHA-256 of the first half of what Argon2id gives, 32
//! ```
//! One run of Argon2id gives two halves. The first checks the password. The second seals what only this person may
//! open: whoever steals the database finds neither in it.

use argon2::Params;
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf;
use keyward_policy::{Entropy, Sealed};

use crate::locked::Locked;
use crate::unlock::{KEY, SALT};
use crate::{Error, KdfParams, Secret, aead};

const VERSION: u8 = 1;
const NUMBERS: usize = 12;
const CHECK: usize = 32;
const LENGTH: usize = 1 + NUMBERS + SALT + CHECK;

/// What is kept of a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Verifier([u8; LENGTH]);

/// A key that one person, or one browser, holds.
pub struct PersonalKey(Locked);

impl Verifier {
    /// Takes a new password.
    ///
    /// # Errors
    /// [`Error::PassphraseEmpty`]; [`Error::OutOfMemory`].
    pub fn make(
        password: &Secret,
        params: KdfParams,
        entropy: &dyn Entropy,
    ) -> Result<(Self, PersonalKey), Error> {
        let mut salt = [0; SALT];
        entropy.fill(&mut salt);
        let halves = halves(password, params, &salt)?;
        let mut bytes = [0; LENGTH];
        bytes[0] = VERSION;
        for (place, number) in bytes[1..].chunks_exact_mut(4).zip(params.to_numbers()) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        bytes[1 + NUMBERS..][..SALT].copy_from_slice(&salt);
        bytes[LENGTH - CHECK..].copy_from_slice(check(&halves).as_ref());
        Ok((Self(bytes), personal(&halves)?))
    }

    /// What was kept before.
    ///
    /// # Errors
    /// [`Error::RootFormat`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let bytes: [u8; LENGTH] = bytes.try_into().map_err(|_| Error::RootFormat)?;
        if bytes[0] == VERSION { Ok(Self(bytes)) } else { Err(Error::RootFormat) }
    }

    /// What to keep.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Checks a password: some tenth of a second and as much memory as the verifier says, so keep it off the threads
    /// that serve requests.
    ///
    /// # Errors
    /// [`Error::WrongUnlock`]; [`Error::PassphraseEmpty`]; [`Error::OutOfMemory`].
    pub fn check(&self, password: &Secret) -> Result<PersonalKey, Error> {
        let (numbers, rest) = self.0[1..].split_at(NUMBERS);
        let number =
            |at: usize| u32::from_be_bytes([numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3]]);
        let params = KdfParams::new(number(0), number(4), number(8))?;
        let mut salt = [0; SALT];
        salt.copy_from_slice(&rest[..SALT]);
        let halves = halves(password, params, &salt)?;
        verify_slices_are_equal(check(&halves).as_ref(), &rest[SALT..]).map_err(|_| Error::WrongUnlock)?;
        personal(&halves)
    }
}

impl PersonalKey {
    /// The key of whoever holds some random bytes: a session's, whose token the browser keeps.
    ///
    /// # Errors
    /// [`Error::KeyFileShort`] for less than 32 bytes; [`Error::OutOfMemory`].
    pub fn of_token(token: &[u8]) -> Result<Self, Error> {
        if token.len() < KEY {
            return Err(Error::KeyFileShort);
        }
        let mut key = Locked::new(KEY)?;
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(token)
            .expand(&[b"keyward personal key"], hkdf::HKDF_SHA256)
            .and_then(|bytes| bytes.fill(&mut key[..KEY]))
            .map_err(|_| Error::KeyFileShort)?;
        Ok(Self(key))
    }

    /// Seals a secret for one record.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`].
    pub fn seal(&self, bound_to: &str, secret: &[u8], entropy: &dyn Entropy) -> Result<Sealed, Error> {
        let mut text = Locked::new(secret.len().max(1))?;
        text[..secret.len()].copy_from_slice(secret);
        let mut sealed = Vec::new();
        let text = &mut text[..secret.len()];
        aead::seal(&self.0[..KEY], bound_to.as_bytes(), text, entropy, &mut sealed)
            .ok_or(Error::OutOfMemory)?;
        Ok(Sealed::from_bytes(sealed))
    }

    /// Opens what was sealed for that record.
    ///
    /// # Errors
    /// [`Error::DoesNotOpen`]; [`Error::OutOfMemory`].
    pub fn open(&self, bound_to: &str, sealed: &Sealed) -> Result<Secret, Error> {
        let sealed = sealed.as_bytes();
        let len = sealed.len().checked_sub(aead::OVERHEAD).ok_or(Error::DoesNotOpen)?;
        let mut opened = Err(Error::DoesNotOpen);
        let secret = Secret::generate(len, |text| {
            opened = aead::open(&self.0[..KEY], bound_to.as_bytes(), sealed, text).ok_or(Error::DoesNotOpen);
        })?;
        opened.map(|()| secret)
    }
}

fn halves(password: &Secret, params: KdfParams, salt: &[u8; SALT]) -> Result<Locked, Error> {
    if password.expose().is_empty() {
        return Err(Error::PassphraseEmpty);
    }
    params.derive(password.expose(), salt, 2 * KEY)
}

fn check(halves: &Locked) -> aws_lc_rs::digest::Digest {
    digest(&SHA256, &halves[..KEY])
}

fn personal(halves: &Locked) -> Result<PersonalKey, Error> {
    let mut key = Locked::new(KEY)?;
    key[..KEY].copy_from_slice(&halves[KEY..2 * KEY]);
    Ok(PersonalKey(key))
}

const _: () = assert!(2 * KEY <= Params::MAX_OUTPUT_LEN);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{Counting, cheap};

    fn password(text: &str) -> Secret {
        Secret::from_vec(text.as_bytes().to_vec()).unwrap()
    }

    fn made(text: &str, entropy: &Counting) -> (Verifier, PersonalKey) {
        Verifier::make(&password(text), cheap(), entropy).unwrap()
    }

    #[test]
    fn only_the_password_opens_what_it_sealed() {
        let entropy = Counting::new();
        let (verifier, key) = made("correct horse", &entropy);
        let sealed = key.seal("op_1", b"secret", &entropy).unwrap();
        let kept = Verifier::from_bytes(verifier.as_bytes()).unwrap();
        let again = kept.check(&password("correct horse")).unwrap();
        assert_eq!(again.open("op_1", &sealed).unwrap().expose(), b"secret");
        assert!(matches!(again.open("op_2", &sealed), Err(Error::DoesNotOpen)), "bound to its record");
        assert!(matches!(verifier.check(&password("correct horsf")), Err(Error::WrongUnlock)));
        assert!(matches!(verifier.check(&password("")), Err(Error::PassphraseEmpty)));
    }

    #[test]
    fn two_of_one_password_have_nothing_in_common() {
        let entropy = Counting::new();
        let ((one, key), (other, _)) = (made("same", &entropy), made("same", &entropy));
        assert!(one != other);
        let sealed = key.seal("op", b"secret", &entropy).unwrap();
        let other = other.check(&password("same")).unwrap();
        assert!(other.open("op", &sealed).is_err());
    }

    #[test]
    fn every_flipped_bit_of_a_verifier_is_noticed() {
        let (verifier, _) = made("p", &Counting::new());
        for bit in (0..8).chain(13 * 8..LENGTH * 8) {
            let mut changed = verifier.0;
            changed[bit / 8] ^= 1 << (bit % 8);
            let checked = Verifier::from_bytes(&changed).and_then(|changed| changed.check(&password("p")));
            assert!(checked.is_err(), "bit {bit}");
        }
        assert!(Verifier::from_bytes(&verifier.0[1..]).is_err());
    }

    #[test]
    fn a_token_is_a_key_if_it_is_long_enough() {
        let sealed = PersonalKey::of_token(&[7; 32]).unwrap().seal("s", b"", &Counting::new()).unwrap();
        assert_eq!(PersonalKey::of_token(&[7; 32]).unwrap().open("s", &sealed).unwrap().expose(), b"");
        assert!(PersonalKey::of_token(&[8; 32]).unwrap().open("s", &sealed).is_err());
        assert!(matches!(PersonalKey::of_token(&[7; 31]), Err(Error::KeyFileShort)));
    }
}
