//! Signatures: HMAC, Ed25519 and RSA, as exchanges write them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{self, Ed25519KeyPair, UnparsedPublicKey, VerificationAlgorithm};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

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
    /// Ed25519 (RFC 8032), base64; the 32 bytes of the public key.
    Ed25519(&'k [u8; 32]),
    /// RSA PKCS#1 v1.5 with SHA-256 (RFC 8017), base64; DER of the `SubjectPublicKeyInfo`.
    RsaSha256(&'k [u8]),
}

/// What makes a signature.
pub enum SigningKey<'k> {
    /// HMAC-SHA256, lower-case hexadecimal.
    HmacSha256(&'k [u8]),
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
