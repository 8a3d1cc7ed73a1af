//! The public half of a key that somebody else holds: PEM or base64 in, what checks signatures out.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::PublicEncryptingKey;

use super::{KeyKind, KeyTextError, VerifyingKey, pem};

/// The DER of an Ed25519 `SubjectPublicKeyInfo` (RFC 8410) up to the 32 bytes of the key: it has one form only.
const ED25519_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The longest text that can be a public key; that of RSA with 8192 bits has some 1,500 characters.
const TEXT_MAX: usize = 4096;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKey {
    /// The 32 bytes of an Ed25519 key (RFC 8032).
    Ed25519([u8; 32]),
    /// The DER of an RSA key as `SubjectPublicKeyInfo` (RFC 5280), 2048 to 8192 bits.
    Rsa(Box<[u8]>),
}

impl PublicKey {
    /// Reads what a client gives: PEM (`PUBLIC KEY`), or base64 of the DER in it or of the 32 bytes of an Ed25519 key.
    ///
    /// # Errors
    /// [`KeyTextError`]; RSA with fewer than 2048 bits is [`KeyTextError::Unsupported`]. A text with a private key
    /// anywhere in it is [`KeyTextError::PrivateHalf`]: its owner must know that it is exposed.
    pub fn from_text(text: &str) -> Result<Self, KeyTextError> {
        if text.contains("PRIVATE KEY-----") {
            return Err(KeyTextError::PrivateHalf);
        }
        if text.len() > TEXT_MAX {
            return Err(KeyTextError::NoPublicKey);
        }
        if pem::is_pem(text) { Self::from_pem(text) } else { Self::from_base64(text) }
    }

    /// How the key's private half signs.
    pub const fn kind(&self) -> KeyKind {
        match self {
            Self::Ed25519(_) => KeyKind::Ed25519,
            Self::Rsa(_) => KeyKind::Rsa,
        }
    }

    /// The 32 bytes of an Ed25519 key, or the DER of an RSA key.
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(key) => key,
            Self::Rsa(der) => der,
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
            Self::Ed25519(key) => pem::write(pem::PUBLIC_KEY, &[&ED25519_PREFIX[..], &key[..]].concat()),
            Self::Rsa(der) => pem::write(pem::PUBLIC_KEY, der),
        };
        text.as_str().to_owned()
    }

    fn from_pem(text: &str) -> Result<Self, KeyTextError> {
        let block = pem::read(text).filter(|block| block.label == pem::PUBLIC_KEY);
        Self::from_der(&block.ok_or(KeyTextError::NoPublicKey)?.der)
    }

    fn from_base64(text: &str) -> Result<Self, KeyTextError> {
        let bytes = pem::decode(text).ok_or(KeyTextError::NoPublicKey)?;
        <[u8; 32]>::try_from(bytes.as_slice()).map(Self::Ed25519).or_else(|_| Self::from_der(&bytes))
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
    use base64::prelude::{BASE64_STANDARD, Engine as _};

    use super::*;
    use crate::crypto::{ed25519_pair, rsa_pair};

    #[track_caller]
    fn reads_back(key: &PublicKey) {
        let pem = key.to_pem();
        let der = BASE64_STANDARD.encode(&*pem::read(&pem).unwrap().der);
        for text in [&pem, &der, &format!("{}\n{}\n", &der[..40], &der[40..])] {
            assert_eq!(PublicKey::from_text(text).as_ref(), Ok(key), "{text}");
        }
    }

    #[test]
    fn every_form_of_a_key_is_the_same_key() {
        reads_back(&ed25519_pair(&[7; 32]).unwrap().public);
        reads_back(&rsa_pair().unwrap().public);
        let raw = BASE64_STANDARD.encode([9; 32]);
        assert_eq!(PublicKey::from_text(&raw), Ok(PublicKey::Ed25519([9; 32])));
    }

    #[test]
    fn a_private_key_is_not_taken_for_a_public_one() {
        let pair = ed25519_pair(&[7; 32]).unwrap();
        let encrypted = pem::write("ENCRYPTED PRIVATE KEY", &[7; 48]);
        for text in [&*pair.private_pem, &*encrypted, &(pair.public.to_pem() + &pair.private_pem)] {
            assert_eq!(PublicKey::from_text(text), Err(KeyTextError::PrivateHalf), "{text}");
        }
    }

    /// An RSA key with 1024 bits, made with `openssl genrsa 1024`.
    const WEAK: &str = include_str!("weak.pem");

    #[test]
    fn a_short_rsa_key_is_refused() {
        assert_eq!(PublicKey::from_text(WEAK), Err(KeyTextError::Unsupported));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let certificate = pem::write("CERTIFICATE", &[7; 48]);
        for text in ["not a key", "?", "-----BEGIN PUBLIC KEY-----", &certificate, &"A".repeat(5000)] {
            assert_eq!(PublicKey::from_text(text), Err(KeyTextError::NoPublicKey), "{text}");
        }
        for text in ["", "AAAA", &pem::write(pem::PUBLIC_KEY, &[9; 32])] {
            assert_eq!(PublicKey::from_text(text), Err(KeyTextError::Unsupported), "{text}");
        }
    }
}
