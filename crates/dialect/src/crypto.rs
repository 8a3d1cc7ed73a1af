//! Signatures: HMAC, Ed25519 and RSA, as exchanges write them.

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
    pub fn verify(&self, _message: &[u8], _signature: &str) -> Result<(), BadSignature> {
        Err(BadSignature)
    }
}

impl SigningKey<'_> {
    /// Signs a message.
    ///
    /// # Errors
    /// [`CannotSign`].
    pub fn sign(&self, _message: &[u8]) -> Result<String, CannotSign> {
        Err(CannotSign)
    }
}
