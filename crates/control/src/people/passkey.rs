//! Passkeys (WebAuthn Level 3): what a browser says of a new one, and what an authenticator signs.
//!
//! No attestation is asked for, so that nothing about a new passkey is signed (7.1), and the browser's own reading of its
//! public key (`getPublicKey()`, a `SubjectPublicKeyInfo`) is worth as much as another reading here. What counts is each
//! later signature (7.2). Our own, because the libraries either need OpenSSL or bring a clock, a source of randomness and
//! a second stack of cryptography.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, VerificationAlgorithm,
};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use thiserror::Error;

use super::Site;

/// The algorithms that are taken, as COSE numbers them, the best first: ECDSA with P-256, Ed25519, RSA (for Windows).
pub(crate) const ALGORITHMS: [i64; 3] = [-7, -8, -257];
/// The longest of the parts that a browser sends, in base64url.
const PART_MAX: usize = 8 * 1024;
/// An authenticator says that somebody was there.
const PRESENT: u8 = 0x01;
/// It says that it knows who: by his finger, his face or his PIN.
const VERIFIED: u8 = 0x04;
/// A passkey stands in its data.
const ATTESTED: u8 = 0x40;

/// Why a passkey is not believed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// A part is missing, too long or not what it should be.
    #[error("unreadable")]
    Unreadable,
    /// It was made for something else.
    #[error("wrong kind")]
    Kind,
    /// The page was another site's.
    #[error("foreign origin")]
    Origin,
    /// The passkey is another site's.
    #[error("foreign site")]
    Site,
    /// Nobody was there, or the authenticator does not know who.
    #[error("not verified")]
    Unverified,
    /// It signs in a way that is not taken.
    #[error("unsupported key")]
    Key,
    /// The signature is wrong.
    #[error("wrong signature")]
    Signature,
    /// The challenge was not given out for this, was answered before, or is too old.
    #[error("wrong challenge")]
    Challenge,
    /// Nobody has this passkey, or he who has may not sign in, or it is somebody else.
    #[error("unknown passkey")]
    Unknown,
    /// Another authenticator has signed more with the same key: one of the two is a copy.
    #[error("copied passkey")]
    Count,
}

/// What the browser says of the occasion; the authenticator signs its digest.
pub(crate) struct ClientData {
    bytes: Vec<u8>,
    said: Said,
}

#[derive(Deserialize)]
struct Said {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_cross_origin: bool,
}

/// What the authenticator says (6.1).
struct AuthenticatorData {
    bytes: Vec<u8>,
}

/// A part as browsers send it.
pub(crate) fn part(text: &str) -> Result<Vec<u8>, Wrong> {
    let text = Some(text).filter(|text| !text.is_empty() && text.len() <= PART_MAX);
    text.and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok()).ok_or(Wrong::Unreadable)
}

impl ClientData {
    /// Reads it, and sees that it is of this kind (`webauthn.create`, `webauthn.get`) and of a page of this site.
    pub(crate) fn read(text: &str, kind: &str, site: &Site) -> Result<Self, Wrong> {
        let bytes = part(text)?;
        let said: Said = serde_json::from_slice(&bytes).map_err(|_| Wrong::Unreadable)?;
        if said.kind != kind {
            return Err(Wrong::Kind);
        }
        if said.origin != site.origin || said.is_cross_origin {
            return Err(Wrong::Origin);
        }
        Ok(Self { bytes, said })
    }

    /// The challenge that was answered.
    pub(crate) fn challenge(&self) -> &str {
        &self.said.challenge
    }
}

impl AuthenticatorData {
    /// Reads it, and sees that it is for this site, and that the authenticator knows who was there.
    fn read(text: &str, site: &Site) -> Result<Self, Wrong> {
        let bytes = part(text)?;
        if bytes.len() < 37 {
            return Err(Wrong::Unreadable);
        }
        if bytes[..32] != *digest(&SHA256, site.name.as_bytes()).as_ref() {
            return Err(Wrong::Site);
        }
        let needed = PRESENT | VERIFIED;
        if bytes[32] & needed == needed { Ok(Self { bytes }) } else { Err(Wrong::Unverified) }
    }

    /// How many signatures it has made; 0 where it does not count.
    fn count(&self) -> i64 {
        self.bytes[33..37].iter().fold(0, |count, byte| count << 8 | i64::from(*byte))
    }

    /// What it calls the new passkey.
    fn id(&self) -> Option<&[u8]> {
        let attested = self.bytes.get(37..).filter(|_| self.bytes[32] & ATTESTED != 0)?;
        let length = usize::from(u16::from_be_bytes([*attested.get(16)?, *attested.get(17)?]));
        attested.get(18..18 + length)
    }
}

/// Sees that a new passkey is what the browser says, and gives its count. The challenge has been looked at.
pub(crate) fn check_new(
    site: &Site,
    authenticator_data: &str,
    id: &str,
    (algorithm, public_key): (i64, &[u8]),
) -> Result<i64, Wrong> {
    let data = AuthenticatorData::read(authenticator_data, site)?;
    if data.id() != Some(&part(id)?) {
        return Err(Wrong::Unreadable);
    }
    parsed(algorithm, public_key).map(|_| data.count())
}

/// Sees that the passkey has signed this occasion, and gives its count. The challenge has been looked at.
pub(crate) fn check_signature(
    site: &Site,
    client: &ClientData,
    (authenticator_data, signature): (&str, &str),
    (algorithm, public_key): (i64, &[u8]),
) -> Result<i64, Wrong> {
    let data = AuthenticatorData::read(authenticator_data, site)?;
    let message = [&*data.bytes, digest(&SHA256, &client.bytes).as_ref()].concat();
    let key = parsed(algorithm, public_key)?;
    key.verify_sig(&message, &part(signature)?).map_err(|_| Wrong::Signature)?;
    Ok(data.count())
}

fn parsed(algorithm: i64, public_key: &[u8]) -> Result<ParsedPublicKey, Wrong> {
    let algorithm: &'static dyn VerificationAlgorithm = match algorithm {
        -7 => &ECDSA_P256_SHA256_ASN1,
        -8 => &ED25519,
        -257 => &RSA_PKCS1_2048_8192_SHA256,
        _ => return Err(Wrong::Key),
    };
    ParsedPublicKey::new(algorithm, public_key).map_err(|_| Wrong::Key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::passkey::Authenticator;

    fn site() -> Site {
        Site::of("https://door.example").unwrap()
    }

    #[test]
    fn what_a_passkey_signed_is_believed_for_its_own_site_and_occasion() {
        for authenticator in [Authenticator::p256(), Authenticator::ed25519()] {
            let new = authenticator.create(&site(), "challenge");
            let key = (new.algorithm, &*part(&new.public_key).unwrap());
            assert_eq!(check_new(&site(), &new.authenticator_data, &new.id, key), Ok(0));
            let other = Site::of("https://evil.example").unwrap();
            assert_eq!(check_new(&other, &new.authenticator_data, &new.id, key), Err(Wrong::Site));
            assert_eq!(check_new(&site(), &new.authenticator_data, "AAAA", key), Err(Wrong::Unreadable));
            let signed = authenticator.sign(&site(), "challenge", 7);
            let client = ClientData::read(&signed.client_data, "webauthn.get", &site()).unwrap();
            let parts = (&*signed.authenticator_data, &*signed.signature);
            assert_eq!(check_signature(&site(), &client, parts, key), Ok(7));
            let other = authenticator.sign(&site(), "another", 7);
            let parts = (&*other.authenticator_data, &*other.signature);
            assert_eq!(check_signature(&site(), &client, parts, key), Err(Wrong::Signature));
        }
    }

    #[test]
    fn a_foreign_page_another_kind_and_an_unknown_person_are_refused() {
        let authenticator = Authenticator::p256();
        let signed = authenticator.sign(&site(), "challenge", 1);
        let read = |kind, site: &Site| ClientData::read(&signed.client_data, kind, site).err();
        assert_eq!(read("webauthn.create", &site()), Some(Wrong::Kind));
        let same_name = Site { origin: "https://door.example:8443".to_owned(), ..site() };
        assert_eq!(read("webauthn.get", &same_name), Some(Wrong::Origin));
        let mut unverified = Authenticator::p256();
        unverified.flags = PRESENT;
        let new = unverified.create(&site(), "challenge");
        let key = (new.algorithm, &*part(&new.public_key).unwrap());
        assert_eq!(check_new(&site(), &new.authenticator_data, &new.id, key), Err(Wrong::Unverified));
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for text in ["", "not base64!", "AAAA", &"A".repeat(PART_MAX + 1)] {
            assert!(ClientData::read(text, "webauthn.get", &site()).is_err());
            assert!(AuthenticatorData::read(text, &site()).is_err());
        }
        assert_eq!(parsed(-7, &[1; 91]).err(), Some(Wrong::Key));
        assert_eq!(parsed(-37, &[1; 91]).err(), Some(Wrong::Key));
    }
}
