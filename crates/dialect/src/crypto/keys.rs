//! Kinds of keys, and why a text is not one.

use thiserror::Error;

use super::{SigningKey, VerifyingKey, hmac512};

/// How a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// HMAC with a shared secret, in the way of its exchange ([`HmacScheme`]).
    Hmac,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// RSA PKCS#1 v1.5 with SHA-256 (RFC 8017).
    Rsa,
}

impl KeyKind {
    /// What signs with this secret: the text of an HMAC secret, used in this way, or PKCS#8 DER.
    pub const fn signing_key(self, hmac: HmacScheme, secret: &[u8]) -> SigningKey<'_> {
        match self {
            Self::Hmac => hmac.signing_key(secret),
            Self::Ed25519 => SigningKey::Ed25519(secret),
            Self::Rsa => SigningKey::RsaSha256(secret),
        }
    }
}

/// What an exchange makes of the text of an HMAC secret. The same text may serve on several exchanges, each in its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HmacScheme {
    /// HMAC-SHA256 with the text's own bytes.
    Sha256,
    /// HMAC-SHA512 with the bytes that the text is base64 of.
    Sha512,
}

impl HmacScheme {
    /// What signs with this text.
    pub const fn signing_key(self, secret: &[u8]) -> SigningKey<'_> {
        match self {
            Self::Sha256 => SigningKey::HmacSha256(secret),
            Self::Sha512 => SigningKey::HmacSha512(secret),
        }
    }

    /// What checks signatures made with this text.
    pub const fn verifying_key(self, secret: &[u8]) -> VerifyingKey<'_> {
        match self {
            Self::Sha256 => VerifyingKey::HmacSha256(secret),
            Self::Sha512 => VerifyingKey::HmacSha512(secret),
        }
    }

    /// Checks that a text can be a secret.
    ///
    /// # Errors
    /// [`KeyTextError::NotBase64`].
    pub fn check(self, secret: &[u8]) -> Result<(), KeyTextError> {
        let sound = matches!(self, Self::Sha256) || hmac512::is_secret(secret);
        if sound { Ok(()) } else { Err(KeyTextError::NotBase64) }
    }
}

/// Why a text is not a usable key. It never repeats any of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyTextError {
    /// Neither a secret nor a PEM text.
    #[error("an HMAC secret has 16 to 512 visible ASCII characters and no space, and a private key is PEM")]
    NotASecret,
    /// A text that is not base64, for an exchange whose secrets are.
    #[error("the secrets of this exchange are base64; copy it whole, with the '=' at its end")]
    NotBase64,
    /// A PEM text that cannot be read, or that holds something else than one private key.
    #[error("it is not one sound PEM block that begins with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY")]
    NoPrivateKey,
    /// A private key that a passphrase protects.
    #[error("the private key is encrypted; give it without its passphrase")]
    Encrypted,
    /// A public key in the place of a private one.
    #[error("this is a public key; give the private key that belongs to it")]
    PublicHalf,
    /// A private key in the place of a public one.
    #[error("this is a private key, and it should go nowhere; give its public half")]
    PrivateHalf,
    /// Neither PEM nor base64 of a public key.
    #[error("it is neither PEM (`BEGIN PUBLIC KEY`) nor base64 of a public key")]
    NoPublicKey,
    /// A key of another kind or size.
    #[error("this kind of key cannot be used; give Ed25519, or RSA with 2048 to 8192 bits")]
    Unsupported,
}
