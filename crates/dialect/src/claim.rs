//! Claims: who says he sent a request, and what he signed.

use std::borrow::Cow;

use crate::crypto::{BadSignature, VerifyingKey};

/// Who claims to have sent a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim<'r> {
    /// Nobody: no key, no signature.
    Anonymous,
    /// A key without a signature.
    KeyOnly {
        /// The key.
        key: &'r str,
    },
    /// A key and a signature.
    Signed(SignedClaim<'r>),
}

/// A signature, with all that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedClaim<'r> {
    /// The key.
    pub key: &'r str,
    /// The bytes that were signed.
    pub message: Cow<'r, [u8]>,
    /// The signature as the exchange writes it, decoded from the request's own encoding, in the one form that stands
    /// for it: two texts are two signatures.
    pub signature: Cow<'r, str>,
    /// When it was signed, in microseconds since the Unix epoch.
    pub signed_at_us: u64,
    /// For how long it is good, in microseconds.
    pub window_us: u64,
}

impl SignedClaim<'_> {
    /// Checks the signature, in constant time where a secret is involved.
    ///
    /// # Errors
    /// [`BadSignature`], which does not say why.
    pub fn verify(&self, key: &VerifyingKey<'_>) -> Result<(), BadSignature> {
        key.verify(&self.message, &self.signature)
    }
}
