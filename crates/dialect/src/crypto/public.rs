//! The public half of a key that somebody else holds: PEM, DER or base64 in, what checks signatures out.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::PublicEncryptingKey;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use rustls_pki_types::pem::SectionKind;

use super::{KeyKind, KeyTextError, VerifyingKey, pem};

/// The DER of an Ed25519 `SubjectPublicKeyInfo` (RFC 8410) up to the 32 bytes of the key: it has one form only.
const ED25519_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// The 32 bytes of an Ed25519 key (RFC 8032).
    Ed25519([u8; 32]),
    /// The DER of an RSA key as `SubjectPublicKeyInfo` (RFC 5280), 2048 to 8192 bits.
    Rsa(Box<[u8]>),
}

impl PublicKey {
    /// Reads the contents of a file: PEM (`PUBLIC KEY`), DER of a `SubjectPublicKeyInfo`, or base64 of that DER or of the
    /// 32 bytes of an Ed25519 key.
    ///
    /// # Errors
    /// [`KeyTextError`]; RSA with fewer than 2048 bits is [`KeyTextError::Unsupported`].
    pub fn from_file(contents: &[u8]) -> Result<Self, KeyTextError> {
        match str::from_utf8(contents) {
            Ok(text) if pem::is_pem(text) => Self::from_pem(text),
            Ok(text) => match BASE64_STANDARD.decode(text.trim()) {
                Ok(bytes) => Self::from_bytes(&bytes),
                Err(_) => Err(KeyTextError::NoPublicKey),
            },
            Err(_) => Self::from_der(contents),
        }
    }

    /// How the key's private half signs.
    pub const fn kind(&self) -> KeyKind {
        match self {
            Self::Ed25519(_) => KeyKind::Ed25519,
            Self::Rsa(_) => KeyKind::Rsa,
        }
    }

    /// What checks this key's signatures.
    pub const fn verifying_key(&self) -> VerifyingKey<'_> {
        match self {
            Self::Ed25519(key) => VerifyingKey::Ed25519(key),
            Self::Rsa(der) => VerifyingKey::RsaSha256(der),
        }
    }

    /// The key as PEM, for pasting at an exchange.
    pub fn to_pem(&self) -> String {
        let text = match self {
            Self::Ed25519(key) => pem::write("PUBLIC KEY", &[&ED25519_PREFIX[..], &key[..]].concat()),
            Self::Rsa(der) => pem::write("PUBLIC KEY", der),
        };
        text.as_str().to_owned()
    }

    fn from_pem(text: &str) -> Result<Self, KeyTextError> {
        let sections = pem::sections(text).ok_or(KeyTextError::NoPublicKey)?;
        match sections.as_slice() {
            [(SectionKind::PublicKey, der)] => Self::from_der(der),
            [(SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey, _)] => {
                Err(KeyTextError::PrivateHalf)
            }
            _ => Err(KeyTextError::NoPublicKey),
        }
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, KeyTextError> {
        <[u8; 32]>::try_from(bytes).map(Self::Ed25519).or_else(|_| Self::from_der(bytes))
    }

    fn from_der(der: &[u8]) -> Result<Self, KeyTextError> {
        if let Some(Ok(key)) = der.strip_prefix(&ED25519_PREFIX).map(<[u8; 32]>::try_from) {
            return Ok(Self::Ed25519(key));
        }
        let key = PublicEncryptingKey::from_der(der).map_err(|_| KeyTextError::Unsupported)?;
        let der: PublicKeyX509Der<'_> = key.as_der().map_err(|_| KeyTextError::Unsupported)?;
        Ok(Self::Rsa(der.as_ref().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{ed25519_pair, rsa_pair};

    #[track_caller]
    fn reads_back(key: &PublicKey) {
        let pem = key.to_pem();
        let der = pem::sections(&pem).unwrap().remove(0).1;
        assert_eq!(PublicKey::from_file(pem.as_bytes()).as_ref(), Ok(key));
        assert_eq!(PublicKey::from_file(&der).as_ref(), Ok(key));
        assert_eq!(PublicKey::from_file(BASE64_STANDARD.encode(&*der).as_bytes()).as_ref(), Ok(key));
    }

    #[test]
    fn every_form_of_a_key_is_the_same_key() {
        reads_back(&ed25519_pair(&[7; 32]).unwrap().public);
        reads_back(&rsa_pair().unwrap().public);
        let raw = BASE64_STANDARD.encode([9; 32]);
        assert_eq!(PublicKey::from_file(raw.as_bytes()), Ok(PublicKey::Ed25519([9; 32])));
    }

    #[test]
    fn a_private_key_is_not_taken_for_a_public_one() {
        let pair = ed25519_pair(&[7; 32]).unwrap();
        assert_eq!(PublicKey::from_file(pair.private_pem.as_bytes()), Err(KeyTextError::PrivateHalf));
    }

    /// An RSA key with 1024 bits, made with `openssl genrsa 1024`.
    const WEAK: &str = include_str!("weak.pem");

    #[test]
    fn a_short_rsa_key_is_refused() {
        assert_eq!(PublicKey::from_file(WEAK.as_bytes()), Err(KeyTextError::Unsupported));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for contents in [&b""[..], b"not a key", b"\xff\xfe", b"-----BEGIN PUBLIC KEY-----", b"AAAA"] {
            assert!(PublicKey::from_file(contents).is_err(), "{contents:?}");
        }
    }
}
