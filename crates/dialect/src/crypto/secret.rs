//! The secret half of a real key, as its owner has it: an HMAC secret as text, or a private key as PEM.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

use super::{KeyKind, KeyTextError, PublicKey, pem};

/// Lengths of an HMAC secret; those of exchanges have 32 to 128 characters.
const SECRET_CHARS: std::ops::RangeInclusive<usize> = 16..=SECRET_CHARS_MAX;
pub(super) const SECRET_CHARS_MAX: usize = 512;
/// The longest PEM text of a private key; that of RSA with 8192 bits has some 6,400 characters.
const PEM_MAX: usize = 8192;

/// A secret that signs. It has no `Debug`, and is wiped when it is dropped.
pub struct SecretKey {
    /// How it signs.
    pub kind: KeyKind,
    /// The bytes of an HMAC secret's text, or a private key as PKCS#8 DER (RFC 5958; version 1, which every library
    /// reads).
    pub bytes: Zeroizing<Vec<u8>>,
}

impl SecretKey {
    /// Reads what an operator gives: an HMAC secret as text, or PEM of an Ed25519 or RSA private key (`PRIVATE KEY`,
    /// PKCS#8; or `RSA PRIVATE KEY`, PKCS#1). White space around an HMAC secret is not part of it.
    ///
    /// # Errors
    /// [`KeyTextError`].
    pub fn from_text(text: &str) -> Result<Self, KeyTextError> {
        if pem::is_pem(text) { Self::from_pem(text) } else { Self::from_secret(text.trim()) }
    }

    /// The public key to give to the exchange, if this is a private key.
    ///
    /// # Errors
    /// [`KeyTextError::Unsupported`] if the bytes are not a key of their kind.
    pub fn public_key(&self) -> Result<Option<PublicKey>, KeyTextError> {
        match self.kind {
            KeyKind::Hmac => Ok(None),
            KeyKind::Ed25519 => ed25519_public(&self.bytes).map(Some),
            KeyKind::Rsa => rsa_public(&self.bytes).map(Some),
        }
    }

    fn from_secret(text: &str) -> Result<Self, KeyTextError> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if !visible || !SECRET_CHARS.contains(&text.len()) {
            return Err(KeyTextError::NotASecret);
        }
        Ok(Self { kind: KeyKind::Hmac, bytes: Zeroizing::new(text.as_bytes().to_vec()) })
    }

    fn from_pem(text: &str) -> Result<Self, KeyTextError> {
        if is_encrypted(text) {
            return Err(KeyTextError::Encrypted);
        }
        let block = if text.len() > PEM_MAX { None } else { pem::read(text) };
        let block = block.ok_or(KeyTextError::NoPrivateKey)?;
        match block.label {
            pem::PRIVATE_KEY => Self::from_pkcs8(&block.der),
            pem::RSA_PRIVATE_KEY => Self::from_rsa(rsa::KeyPair::from_der(&block.der)),
            "EC PRIVATE KEY" => Err(KeyTextError::Unsupported),
            pem::PUBLIC_KEY => Err(KeyTextError::PublicHalf),
            _ => Err(KeyTextError::NoPrivateKey),
        }
    }

    fn from_pkcs8(der: &[u8]) -> Result<Self, KeyTextError> {
        match Ed25519KeyPair::from_pkcs8(der) {
            Ok(pair) => Self::of(KeyKind::Ed25519, &pair),
            Err(_) => Self::from_rsa(rsa::KeyPair::from_pkcs8(der)),
        }
    }

    fn from_rsa(pair: Result<rsa::KeyPair, KeyRejected>) -> Result<Self, KeyTextError> {
        Self::of(KeyKind::Rsa, &pair.map_err(|_| KeyTextError::Unsupported)?)
    }

    /// The private half of a pair, in the one form that it is kept in.
    pub(super) fn of(kind: KeyKind, pair: &impl AsDer<Pkcs8V1Der<'static>>) -> Result<Self, KeyTextError> {
        let pkcs8 = pair.as_der().map_err(|_| KeyTextError::Unsupported)?;
        Ok(Self { kind, bytes: Zeroizing::new(pkcs8.as_ref().to_vec()) })
    }
}

/// Whether a PEM text says that a passphrase protects it: by its label (RFC 5958), or as OpenSSL did before (RFC 1421).
fn is_encrypted(text: &str) -> bool {
    text.contains("ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
}

fn ed25519_public(pkcs8: &[u8]) -> Result<PublicKey, KeyTextError> {
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| KeyTextError::Unsupported)?;
    let key = pair.public_key().as_ref().try_into().map_err(|_| KeyTextError::Unsupported)?;
    Ok(PublicKey::Ed25519(key))
}

fn rsa_public(pkcs8: &[u8]) -> Result<PublicKey, KeyTextError> {
    let pair = rsa::KeyPair::from_pkcs8(pkcs8).map_err(|_| KeyTextError::Unsupported)?;
    let der = pair.public_key().as_der().map_err(|_| KeyTextError::Unsupported)?;
    Ok(PublicKey::Rsa(der.as_ref().into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Ed25519 key of RFC 8410 §10.3.
    const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";

    fn kind(text: &str) -> Result<KeyKind, KeyTextError> {
        SecretKey::from_text(text).map(|key| key.kind)
    }

    #[test]
    fn a_secret_is_its_text_without_the_newline_of_its_file() {
        let key = SecretKey::from_text("HZBxi1aANFPTlkzNhhux90Q3mdEkX2P5\n").unwrap();
        assert_eq!(
            (key.kind, key.bytes.as_slice()),
            (KeyKind::Hmac, b"HZBxi1aANFPTlkzNhhux90Q3mdEkX2P5".as_slice())
        );
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        for text in ["", "short", "has a space in between it", "nön-ascii-characters-here", &"x".repeat(513)]
        {
            assert_eq!(kind(text), Err(KeyTextError::NotASecret), "{text}");
        }
    }

    #[test]
    fn the_published_key_has_its_published_public_half() {
        let key = SecretKey::from_text(ED25519).unwrap();
        let Ok(Some(PublicKey::Ed25519(public))) = key.public_key() else { panic!("no Ed25519 key") };
        let published = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
        assert_eq!(faster_hex::hex_string(&public), published);
    }

    #[test]
    fn rsa_comes_in_two_forms_and_becomes_one() {
        let pair = crate::crypto::rsa_pair().unwrap();
        assert_eq!(kind(&pair.private_pem), Ok(KeyKind::Rsa));
        // What follows the 26 bytes of the PKCS#8 head is the PKCS#1 key.
        let der = &pair.secret.bytes[26..];
        let pkcs1 = pem::write(pem::RSA_PRIVATE_KEY, der);
        assert_eq!(*SecretKey::from_text(&pkcs1).unwrap().bytes, *pair.secret.bytes);
    }

    #[test]
    fn a_key_that_brings_its_public_half_becomes_one_that_does_not() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let second = pem::write(pem::PRIVATE_KEY, pair.to_pkcs8().unwrap().as_ref());
        let first = crate::crypto::ed25519_pair(&[7; 32]).unwrap().secret;
        assert_eq!(*SecretKey::from_text(&second).unwrap().bytes, *first.bytes);
    }

    #[test]
    fn what_is_no_private_key_is_refused_with_the_reason() {
        let block = |label: &str| kind(&pem::write(label, &[7; 48]));
        assert_eq!(block("PUBLIC KEY"), Err(KeyTextError::PublicHalf));
        assert_eq!(block("EC PRIVATE KEY"), Err(KeyTextError::Unsupported));
        assert_eq!(block("PRIVATE KEY"), Err(KeyTextError::Unsupported));
        assert_eq!(block("ENCRYPTED PRIVATE KEY"), Err(KeyTextError::Encrypted));
        assert_eq!(block("CERTIFICATE"), Err(KeyTextError::NoPrivateKey));
        let old = pem::write("RSA PRIVATE KEY", &[7; 48]).replacen('\n', "\nProc-Type: 4,ENCRYPTED\n", 1);
        assert_eq!(kind(&old), Err(KeyTextError::Encrypted));
        for text in [format!("{ED25519}{ED25519}"), ED25519.replacen('\n', &" ".repeat(PEM_MAX), 1)] {
            assert_eq!(kind(&text), Err(KeyTextError::NoPrivateKey), "{text}");
        }
    }
}
