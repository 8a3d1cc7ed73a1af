//! Making key pairs.

use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::Ed25519KeyPair;
use zeroize::Zeroizing;

use super::{CannotSign, KeyKind, KeyTextError, PublicKey, SecretKey, pem};

/// A new key pair. It has no `Debug`; the private half is wiped when it is dropped.
pub struct GeneratedPair {
    /// The private half, as it is kept: PKCS#8 DER.
    pub secret: SecretKey,
    /// The private half as PEM (PKCS#8), to be shown once.
    pub private_pem: Zeroizing<String>,
    /// The public half; [`PublicKey::to_pem`] is what exchanges take.
    pub public: PublicKey,
}

/// The Ed25519 pair (RFC 8032) of a seed: 32 bytes of entropy, which are the secret.
///
/// # Errors
/// [`CannotSign`] if the library refuses the seed; every seed makes a pair.
pub fn ed25519_pair(seed: &[u8; 32]) -> Result<GeneratedPair, CannotSign> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| CannotSign)?;
    pair_of(SecretKey::of(KeyKind::Ed25519, &pair))
}

/// A new RSA pair with 2048 bits, the size that exchanges ask for. It takes some tenths of a second.
///
/// Unlike everything else here its randomness is not an argument: the library makes RSA keys from its own generator
/// (seeded by the operating system) only.
///
/// # Errors
/// [`CannotSign`] if the library's own checks of the new pair fail.
pub fn rsa_pair() -> Result<GeneratedPair, CannotSign> {
    let pair = rsa::KeyPair::generate(KeySize::Rsa2048).map_err(|_| CannotSign)?;
    pair_of(SecretKey::of(KeyKind::Rsa, &pair))
}

fn pair_of(secret: Result<SecretKey, KeyTextError>) -> Result<GeneratedPair, CannotSign> {
    let secret = secret.map_err(|_| CannotSign)?;
    let public = secret.public_key().ok().flatten().ok_or(CannotSign)?;
    Ok(GeneratedPair { private_pem: pem::write(pem::PRIVATE_KEY, &secret.bytes), public, secret })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::HmacScheme;

    #[track_caller]
    fn signs_for_its_public_half(pair: &GeneratedPair) {
        let signature =
            pair.secret.kind.signing_key(HmacScheme::Sha256, &pair.secret.bytes).sign(b"message").unwrap();
        let key = pair.public.verifying_key();
        assert_eq!(key.verify(b"message", &signature), Ok(()));
        assert!(key.verify(b"massage", &signature).is_err());
    }

    #[test]
    fn a_new_pair_signs_and_reads_back() {
        for pair in [ed25519_pair(&[1; 32]).unwrap(), rsa_pair().unwrap()] {
            signs_for_its_public_half(&pair);
            let read = SecretKey::from_text(&pair.private_pem).unwrap();
            assert_eq!((read.kind, &*read.bytes), (pair.secret.kind, &*pair.secret.bytes));
        }
    }

    #[test]
    fn a_seed_makes_one_pair() {
        let public = |seed| ed25519_pair(&[seed; 32]).unwrap().public;
        assert_eq!(public(1), public(1));
        assert_ne!(public(1), public(2));
    }
}
