//! Key material: the dialect reads and makes it; here it is put into the control plane's words and locked memory.

use std::mem;

use keyward_dialect::Dialect;
use keyward_dialect::crypto::{self, GeneratedPair, KeyKind, KeyTextError, PublicKey, SecretKey};
use keyward_policy::{Entropy, KeyType, Venue, Verifier};
use keyward_vault::Secret;

use crate::{Code, Error};

/// The secret half of a real exchange key.
pub(crate) struct Real {
    /// How it signs.
    pub(crate) key_type: KeyType,
    /// The HMAC secret as text, or PKCS#8 DER.
    pub(crate) secret: Secret,
    /// The public half as PEM, where there is one.
    pub(crate) public_key: Option<String>,
}

impl Real {
    /// Reads a secret as people have it; its form says what it is.
    pub(crate) fn read(secret: &Secret) -> Result<Self, Error> {
        let text = str::from_utf8(secret.expose()).map_err(|_| KeyTextError::NotASecret);
        let key = text.and_then(SecretKey::from_text);
        key.map_err(|why| refused(Code::SecretInvalid, "secret", why))?.try_into()
    }
}

impl TryFrom<SecretKey> for Real {
    type Error = Error;

    fn try_from(mut key: SecretKey) -> Result<Self, Error> {
        let public_key = key.public_key().map_err(unmade)?.map(|key| key.to_pem());
        let key_type = match key.kind {
            KeyKind::Hmac => KeyType::Hmac,
            KeyKind::Ed25519 => KeyType::Ed25519,
            KeyKind::Rsa => KeyType::Rsa,
        };
        Ok(Self { key_type, secret: Secret::from_vec(mem::take(&mut *key.bytes))?, public_key })
    }
}

/// The dialect of a venue.
///
/// # Errors
/// `dialect_unknown`: the venue was added by a Keyward that speaks more.
pub(crate) fn dialect(venue: &Venue) -> Result<&'static dyn Dialect, Error> {
    keyward_dialect::named(&venue.dialect).ok_or_else(|| {
        Error::new(Code::DialectUnknown, format!("this Keyward does not speak {}", venue.dialect))
    })
}

/// Checks that a venue's exchange has keys of this type, so that nobody gets one that no client of it can use.
///
/// # Errors
/// `key_type_unsupported`.
pub(crate) fn fits(venue: &Venue, key_type: KeyType) -> Result<(), Error> {
    let kind = match key_type {
        KeyType::Hmac => KeyKind::Hmac,
        KeyType::Ed25519 => KeyKind::Ed25519,
        KeyType::Rsa => KeyKind::Rsa,
        // It signs nothing, so that no exchange sees it.
        KeyType::Publishable => return dialect(venue).map(drop),
    };
    if dialect(venue)?.key_kinds().contains(&kind) {
        return Ok(());
    }
    let error = format!("the exchange of the venue {} has no keys of this type", venue.name);
    Err(Error::new(Code::KeyTypeUnsupported, error).hint(format!("{} has HMAC keys", venue.dialect)))
}

/// Checks that a real key can be one of this venue's exchange.
///
/// # Errors
/// `key_type_unsupported`, `secret_invalid`.
pub(crate) fn belongs(venue: &Venue, real: &Real) -> Result<(), Error> {
    fits(venue, real.key_type)?;
    if real.key_type != KeyType::Hmac {
        return Ok(());
    }
    let sound = dialect(venue)?.hmac().check(real.secret.expose());
    sound.map_err(|why| refused(Code::SecretInvalid, "secret", why))
}

/// A new Ed25519 pair.
pub(crate) fn ed25519(entropy: &dyn Entropy) -> Result<GeneratedPair, Error> {
    let seed = Secret::generate(32, |bytes| entropy.fill(bytes))?;
    crypto::ed25519_pair(seed.expose().try_into().map_err(unmade)?).map_err(unmade)
}

/// A new RSA pair. Takes a fraction of a second.
pub(crate) fn rsa() -> Result<GeneratedPair, Error> {
    crypto::rsa_pair().map_err(unmade)
}

/// Reads the public key that a client brings: its private half never comes here.
pub(crate) fn brought(key_type: KeyType, text: &str) -> Result<Verifier, Error> {
    let public = PublicKey::from_text(text);
    let verifier = verifier(public.map_err(|why| refused(Code::PublicKeyInvalid, "public key", why))?);
    if verifier.key_type() == key_type {
        return Ok(verifier);
    }
    let why = "the public key is refused: it is not of the key's type, and an HMAC key has none";
    Err(Error::new(Code::PublicKeyInvalid, why).hint("say --type ed25519 or rsa, as the public key is"))
}

/// A public key as what checks signatures.
pub(crate) fn verifier(public: PublicKey) -> Verifier {
    match public {
        PublicKey::Ed25519(key) => Verifier::Ed25519(key),
        PublicKey::Rsa(der) => Verifier::Rsa(der),
    }
}

fn refused(code: Code, what: &str, why: KeyTextError) -> Error {
    let error = Error::new(code, format!("the {what} is refused: {why}"));
    match why {
        KeyTextError::Encrypted => error.hint("openssl pkey -in private.pem | keyward … --secret-file -"),
        KeyTextError::NoPublicKey => error.hint("openssl pkey -in private.pem -pubout"),
        KeyTextError::PrivateHalf => {
            error.hint("openssl pkey -in private.pem -pubout; consider this private key exposed")
        }
        _ => error,
    }
}

fn unmade(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(Code::Internal, "the key pair cannot be made").caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Counted;

    #[test]
    fn the_form_says_what_a_secret_is() {
        let read = |text: &str| Real::read(&Secret::from_vec(text.into()).unwrap()).unwrap();
        let hmac = read(" abcdefghABCDEFGH\r\n");
        assert_eq!((hmac.key_type, hmac.secret.expose()), (KeyType::Hmac, &b"abcdefghABCDEFGH"[..]));
        for pair in [ed25519(&Counted::default()).unwrap(), rsa().unwrap()] {
            let real = read(&pair.private_pem);
            assert_eq!(real.secret.expose(), &**pair.secret.bytes);
            assert_eq!(real.public_key.unwrap(), pair.public.to_pem());
            assert_eq!(real.key_type, verifier(pair.public).key_type());
        }
    }

    #[test]
    fn what_is_no_secret_is_refused_and_not_repeated() {
        let encrypted = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nhunter2";
        for text in [b"hunter2 hunter2 hunter2", &b"hunter2hunter2hunter2\xff"[..], encrypted] {
            let error = Real::read(&Secret::from_vec(text.into()).unwrap()).map(|_| ()).unwrap_err();
            assert_eq!((error.code(), error.next().is_some()), (Code::SecretInvalid, text == encrypted));
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }

    #[test]
    fn a_public_key_is_taken_for_its_own_type_only() {
        for pair in [ed25519(&Counted::default()).unwrap(), rsa().unwrap()] {
            let (text, own) = (pair.public.to_pem(), verifier(pair.public));
            for key_type in [KeyType::Hmac, KeyType::Ed25519, KeyType::Rsa] {
                let taken = brought(key_type, &text).ok();
                assert_eq!(taken, Some(own.clone()).filter(|own| own.key_type() == key_type));
            }
        }
    }

    #[test]
    fn a_private_key_is_refused_with_a_warning() {
        let pair = ed25519(&Counted::default()).unwrap();
        let error = brought(KeyType::Ed25519, &pair.private_pem).unwrap_err();
        assert_eq!(error.code(), Code::PublicKeyInvalid);
        assert!(error.next().unwrap().contains("exposed"));
    }
}
