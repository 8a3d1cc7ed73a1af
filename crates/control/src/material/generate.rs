//! New key pairs.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use keyward_policy::{Entropy, Verifier};
use keyward_vault::Secret;

use super::{pem, public};
use crate::shown::ShownOnce;
use crate::{Code, Error};

/// A new pair.
pub(crate) struct Pair {
    /// The private half: PKCS#8 DER (RFC 5958, version 1, which every library reads).
    pub(crate) private: Secret,
    /// The public half.
    pub(crate) verifier: Verifier,
}

impl Pair {
    /// The private half as PEM, for the one who will use it.
    pub(crate) fn shown_once(&self) -> ShownOnce {
        ShownOnce::new(pem::write(pem::PRIVATE_KEY, self.private.expose()))
    }

    /// The public half as PEM; none for what has no public half.
    pub(crate) fn public_pem(&self) -> Option<String> {
        public_pem(&self.verifier)
    }
}

/// A public key as PEM; none for what is not one.
pub(crate) fn public_pem(verifier: &Verifier) -> Option<String> {
    match verifier {
        Verifier::Hmac(_) => None,
        Verifier::Ed25519(key) => Some(pem::write(pem::PUBLIC_KEY, &public::ed25519_info(key)).to_string()),
        Verifier::Rsa(info) => Some(pem::write(pem::PUBLIC_KEY, info).to_string()),
    }
}

/// A new Ed25519 pair.
pub(crate) fn ed25519(entropy: &dyn Entropy) -> Result<Pair, Error> {
    let seed = Secret::generate(32, |bytes| entropy.fill(bytes))?;
    let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| unmade())?;
    ed25519_of(&pair)
}

/// An Ed25519 pair in the forms that are kept.
pub(super) fn ed25519_of(pair: &Ed25519KeyPair) -> Result<Pair, Error> {
    let private = secret(&pair.as_der().map_err(|_| unmade())?)?;
    let public = pair.public_key().as_ref().try_into().map_err(|_| unmade())?;
    Ok(Pair { private, verifier: Verifier::Ed25519(public) })
}

/// A new RSA pair of 2048 bits: what exchanges ask for. The library has its own source of randomness for the primes.
/// Takes a fraction of a second.
pub(crate) fn rsa() -> Result<Pair, Error> {
    rsa_of(&RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| unmade())?)
}

/// An RSA pair in the forms that are kept.
pub(super) fn rsa_of(pair: &RsaKeyPair) -> Result<Pair, Error> {
    let private = secret(&pair.as_der().map_err(|_| unmade())?)?;
    let info = pair.public_key().as_der().map_err(|_| unmade())?;
    Ok(Pair { private, verifier: Verifier::Rsa(info.as_ref().into()) })
}

/// Into locked memory; the library wipes its own copy.
fn secret(der: &Pkcs8V1Der<'_>) -> Result<Secret, Error> {
    let der = der.as_ref();
    Ok(Secret::generate(der.len(), |bytes| bytes.copy_from_slice(der))?)
}

fn unmade() -> Error {
    Error::new(Code::Internal, "the key pair cannot be made")
}

#[cfg(test)]
mod tests {
    use keyward_dialect::{SigningKey, VerifyingKey};

    use super::*;
    use crate::fixture::Counted;

    #[test]
    fn what_the_private_half_signs_the_public_half_checks() {
        let pair = ed25519(&Counted::default()).unwrap();
        let signature = SigningKey::Ed25519(pair.private.expose()).sign(b"order").unwrap();
        let Verifier::Ed25519(key) = &pair.verifier else { panic!() };
        assert!(VerifyingKey::Ed25519(key).verify(b"order", &signature).is_ok());

        let pair = rsa().unwrap();
        let signature = SigningKey::RsaSha256(pair.private.expose()).sign(b"order").unwrap();
        let Verifier::Rsa(key) = &pair.verifier else { panic!() };
        assert!(VerifyingKey::RsaSha256(key).verify(b"order", &signature).is_ok());
    }

    #[test]
    fn two_pairs_differ() {
        let entropy = Counted::default();
        assert_ne!(ed25519(&entropy).unwrap().verifier, ed25519(&entropy).unwrap().verifier);
    }
}
