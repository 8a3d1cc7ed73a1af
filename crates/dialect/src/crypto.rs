//! Signatures: HMAC, Ed25519 and RSA, as exchanges write them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{self, Ed25519KeyPair, UnparsedPublicKey, VerificationAlgorithm};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

mod generate;
mod hmac512;
mod keys;
mod pem;
mod public;
mod secret;

pub use generate::{GeneratedPair, ed25519_pair, rsa_pair};
pub use keys::{HmacScheme, KeyKind, KeyTextError};
pub use public::PublicKey;
pub use secret::SecretKey;

use secret::SECRET_CHARS_MAX;

/// The signature does not match; it does not say why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the signature does not match")]
pub struct BadSignature;

/// The key cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the key is not a usable signing key")]
pub struct CannotSign;

/// What checks a signature.
pub enum VerifyingKey<'k> {
    /// HMAC-SHA256, hexadecimal in either case.
    HmacSha256(&'k [u8]),
    /// HMAC-SHA512, base64; the secret's text, which is base64 of the key.
    HmacSha512(&'k [u8]),
    /// Ed25519 (RFC 8032), base64; the 32 bytes of the public key.
    Ed25519(&'k [u8; 32]),
    /// RSA PKCS#1 v1.5 with SHA-256 (RFC 8017), base64; DER of the `SubjectPublicKeyInfo`.
    RsaSha256(&'k [u8]),
}

/// What makes a signature.
pub enum SigningKey<'k> {
    /// HMAC-SHA256, lower-case hexadecimal.
    HmacSha256(&'k [u8]),
    /// HMAC-SHA512, base64; the secret's text, which is base64 of the key.
    HmacSha512(&'k [u8]),
    /// Ed25519 (RFC 8032), base64; PKCS#8 DER (RFC 5958).
    Ed25519(&'k [u8]),
    /// RSA PKCS#1 v1.5 with SHA-256 (RFC 8017), base64; PKCS#8 DER.
    RsaSha256(&'k [u8]),
}

impl VerifyingKey<'_> {
    /// Checks a signature over a message.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, message: &[u8], signature: &str) -> Result<(), BadSignature> {
        match self {
            Self::HmacSha256(secret) => verify_hmac(secret, message, signature),
            Self::HmacSha512(secret) => hmac512::verify(secret, message, signature),
            Self::Ed25519(key) => verify_public(&signature::ED25519, &key[..], message, signature),
            Self::RsaSha256(key) => {
                verify_public(&signature::RSA_PKCS1_2048_8192_SHA256, key, message, signature)
            }
        }
    }
}

impl SigningKey<'_> {
    /// Signs a message.
    ///
    /// # Errors
    /// [`CannotSign`].
    pub fn sign(&self, message: &[u8]) -> Result<String, CannotSign> {
        match self {
            Self::HmacSha256(secret) => sign_hmac(secret, message),
            Self::HmacSha512(secret) => hmac512::sign(secret, message),
            Self::Ed25519(pkcs8) => sign_ed25519(pkcs8, message),
            Self::RsaSha256(pkcs8) => sign_rsa(pkcs8, message),
        }
    }
}

/// Checks the 32 bytes behind the hexadecimal digits in constant time.
fn verify_hmac(secret: &[u8], message: &[u8], signature: &str) -> Result<(), BadSignature> {
    let tag = faster_hex::hex_decode_array::<32>(signature.as_bytes()).map_err(|_| BadSignature)?;
    let mac = hmac(secret, message).ok_or(BadSignature)?;
    mac.verify_slice(&tag).map_err(|_| BadSignature)
}

fn verify_public(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &str,
) -> Result<(), BadSignature> {
    let signature = BASE64_STANDARD.decode(signature).map_err(|_| BadSignature)?;
    UnparsedPublicKey::new(algorithm, key).verify(message, &signature).map_err(|_| BadSignature)
}

fn sign_hmac(secret: &[u8], message: &[u8]) -> Result<String, CannotSign> {
    let tag = hmac(secret, message).ok_or(CannotSign)?.finalize().into_bytes();
    Ok(faster_hex::hex_string(&tag))
}

fn sign_ed25519(pkcs8: &[u8], message: &[u8]) -> Result<String, CannotSign> {
    let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| CannotSign)?;
    let signature = pair.try_sign(message).map_err(|_| CannotSign)?;
    Ok(BASE64_STANDARD.encode(signature))
}

/// The random source is an argument of the library's interface only: PKCS#1 v1.5 signatures are deterministic.
fn sign_rsa(pkcs8: &[u8], message: &[u8]) -> Result<String, CannotSign> {
    let pair = rsa::KeyPair::from_pkcs8(pkcs8).map_err(|_| CannotSign)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    let signed = pair.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
    signed.map_err(|_| CannotSign)?;
    Ok(BASE64_STANDARD.encode(signature))
}

/// An HMAC takes a key of any length, so there is always one; the library's signature says otherwise.
fn hmac(secret: &[u8], message: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::new_from_slice(secret).ok()?;
    mac.update(message);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hmac_of_rfc_4231_is_taken_in_either_case() {
        let key = VerifyingKey::HmacSha256(b"Jefe");
        let message = b"what do ya want for nothing?";
        let signature = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(SigningKey::HmacSha256(b"Jefe").sign(message).as_deref(), Ok(signature));
        assert_eq!(key.verify(message, signature), Ok(()));
        assert_eq!(key.verify(message, &signature.to_uppercase()), Ok(()));
    }

    #[test]
    fn what_is_not_the_whole_signature_is_refused() {
        let key = VerifyingKey::HmacSha256(b"Jefe");
        let signature = SigningKey::HmacSha256(b"Jefe").sign(b"m").unwrap();
        let longer = format!("{signature}00");
        for wrong in
            ["", &signature[..62], &signature[..63], &longer, "zz", &signature.replace(['a', 'b'], "g")]
        {
            assert_eq!(key.verify(b"m", wrong), Err(BadSignature), "{wrong}");
        }
    }

    /// RFC 8032 §7.1, test 2.
    #[test]
    fn the_published_ed25519_signature_is_made_and_taken() {
        let seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
        let pair = ed25519_pair(&faster_hex::hex_decode_array(seed.as_bytes()).unwrap()).unwrap();
        let signature =
            pair.secret.kind.signing_key(HmacScheme::Sha256, &pair.secret.bytes).sign(&[0x72]).unwrap();
        let bytes = BASE64_STANDARD.decode(&signature).unwrap();
        assert!(
            faster_hex::hex_string(&bytes).starts_with("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8f")
        );
        assert_eq!(pair.public.verifying_key().verify(&[0x72], &signature), Ok(()));
    }

    #[test]
    fn base64_has_one_form_only() {
        let pair = ed25519_pair(&[3; 32]).unwrap();
        let signature =
            pair.secret.kind.signing_key(HmacScheme::Sha256, &pair.secret.bytes).sign(b"m").unwrap();
        let key = pair.public.verifying_key();
        let (start, _) = signature.split_at(85);
        for wrong in [signature.trim_end_matches('='), &format!("{signature}\n"), &format!("{start}/==")] {
            assert_eq!(key.verify(b"m", wrong), Err(BadSignature), "{wrong}");
        }
    }

    #[test]
    fn bytes_that_are_no_key_do_not_sign() {
        for kind in [KeyKind::Ed25519, KeyKind::Rsa] {
            assert_eq!(kind.signing_key(HmacScheme::Sha256, b"not a key").sign(b"m"), Err(CannotSign));
        }
    }
}
