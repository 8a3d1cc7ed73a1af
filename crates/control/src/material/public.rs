//! The public key that a client brings: its private half never comes here.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::PublicEncryptingKey;
use keyward_policy::{KeyType, Verifier};
use keyward_vault::Secret;

use super::pem;
use crate::{Code, Error};

/// What stands before the 32 bytes of an Ed25519 key in a `SubjectPublicKeyInfo` (RFC 8410, section 10.1).
const ED25519_INFO: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
/// The longest text that can be a public key; RSA-8192 as PEM has some 1,500 characters.
const LENGTH_MAX: usize = 4096;

/// Reads a public key: PEM, the base64 of its `SubjectPublicKeyInfo`, or for Ed25519 the base64 of its 32 bytes.
pub(crate) fn verifier(key_type: KeyType, text: &str) -> Result<Verifier, Error> {
    let der = der(text.trim())?;
    match key_type {
        KeyType::Hmac => {
            Err(refused("an HMAC key has a secret and no public key").hint("say --type ed25519 or rsa"))
        }
        KeyType::Ed25519 => ed25519(der.expose()).map(Verifier::Ed25519),
        KeyType::Rsa => rsa(der.expose()).map(Verifier::Rsa),
    }
}

/// A raw Ed25519 public key in the form that other programs read.
pub(super) fn ed25519_info(public: &[u8]) -> Vec<u8> {
    [&ED25519_INFO, public].concat()
}

fn der(text: &str) -> Result<Secret, Error> {
    let read = || {
        if text.len() > LENGTH_MAX {
            return None;
        }
        if !pem::is(text) {
            return pem::decode(text);
        }
        pem::read(text).filter(|pem| pem.label == pem::PUBLIC_KEY).map(|pem| pem.der)
    };
    if text.contains("PRIVATE KEY-----") {
        return Err(refused("this is a private key, and it should go nowhere")
            .hint("send its public half: openssl pkey -in private.pem -pubout; consider this one exposed"));
    }
    read().ok_or_else(|| {
        refused("it is neither PEM (`BEGIN PUBLIC KEY`) nor base64")
            .hint("openssl pkey -in private.pem -pubout")
    })
}

fn ed25519(der: &[u8]) -> Result<[u8; 32], Error> {
    let key = der.strip_prefix(&ED25519_INFO).unwrap_or(der);
    key.try_into().map_err(|_| refused("it is not an Ed25519 public key"))
}

fn rsa(der: &[u8]) -> Result<Box<[u8]>, Error> {
    let key = PublicEncryptingKey::from_der(der)
        .map_err(|_| refused("it is not an RSA public key of 2048 to 8192 bits"))?;
    let info = key.as_der().map_err(|_| refused("it cannot be written as DER"))?;
    Ok(info.as_ref().into())
}

fn refused(why: &'static str) -> Error {
    Error::new(Code::PublicKeyInvalid, format!("the public key is refused: {why}"))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    use super::*;
    use crate::material;

    fn code(key_type: KeyType, text: &str) -> Code {
        verifier(key_type, text).unwrap_err().code()
    }

    #[test]
    fn an_ed25519_key_is_read_in_every_form() {
        let info = ed25519_info(&[9; 32]);
        let pem = pem::write(pem::PUBLIC_KEY, &info);
        for text in [pem.as_str(), &BASE64_STANDARD.encode(&info), &BASE64_STANDARD.encode([9; 32])] {
            assert_eq!(verifier(KeyType::Ed25519, text).unwrap(), Verifier::Ed25519([9; 32]));
        }
    }

    #[test]
    fn an_rsa_key_is_read() {
        let pair = material::rsa().unwrap();
        let pem = pair.public_pem().unwrap();
        assert_eq!(verifier(KeyType::Rsa, &pem).unwrap(), pair.verifier);
    }

    #[test]
    fn a_key_of_another_type_is_refused() {
        let ed25519 = pem::write(pem::PUBLIC_KEY, &ed25519_info(&[9; 32]));
        let rsa = material::rsa().unwrap().public_pem().unwrap();
        assert_eq!(code(KeyType::Rsa, &ed25519), Code::PublicKeyInvalid);
        assert_eq!(code(KeyType::Ed25519, &rsa), Code::PublicKeyInvalid);
        assert_eq!(code(KeyType::Hmac, &ed25519), Code::PublicKeyInvalid);
    }

    #[test]
    fn a_private_key_is_refused_with_a_warning() {
        let private = pem::write(pem::PRIVATE_KEY, &[9; 48]);
        let error = verifier(KeyType::Ed25519, &private).unwrap_err();
        assert!(error.to_string().contains("private key"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "?", "AAAA", &"A".repeat(5000)] {
            assert_eq!(code(KeyType::Ed25519, text), Code::PublicKeyInvalid, "{text}");
            assert_eq!(code(KeyType::Rsa, text), Code::PublicKeyInvalid, "{text}");
        }
    }
}
