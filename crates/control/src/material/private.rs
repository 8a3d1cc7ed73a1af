//! The secret half of a real exchange key, as people have it: an HMAC secret, or a private key in PEM.

use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::Ed25519KeyPair;
use keyward_policy::KeyType;
use keyward_vault::Secret;

use super::generate::{Pair, ed25519_of, rsa_of};
use super::pem;
use crate::{Code, Error};

/// Shorter texts are typing errors, not secrets; the shortest that an exchange gives out has 32 characters.
const HMAC_LENGTH_MIN: usize = 8;
/// Longer ones are not secrets either; the longest known has 88 characters.
const HMAC_LENGTH_MAX: usize = 512;

/// A real secret in the form that it is kept in.
pub(crate) struct Real {
    /// How it signs.
    pub(crate) key_type: KeyType,
    /// The HMAC secret as text, or PKCS#8 DER.
    pub(crate) secret: Secret,
    /// The public half as PEM, where there is one.
    pub(crate) public_key: Option<String>,
}

impl Real {
    /// Reads a secret; its form says what it is.
    pub(crate) fn read(secret: &Secret) -> Result<Self, Error> {
        let text = str::from_utf8(secret.expose()).map_err(|_| refused("it is not a text"))?.trim();
        if pem::is(text) { private_key(text) } else { hmac(text) }
    }
}

impl From<(KeyType, Pair)> for Real {
    fn from((key_type, pair): (KeyType, Pair)) -> Self {
        let public_key = pair.public_pem();
        Self { key_type, secret: pair.private, public_key }
    }
}

fn hmac(text: &str) -> Result<Real, Error> {
    let sound = (HMAC_LENGTH_MIN..=HMAC_LENGTH_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !sound {
        return Err(refused("an HMAC secret has 8 to 512 letters, digits and signs, and no space"));
    }
    let secret = Secret::generate(text.len(), |bytes| bytes.copy_from_slice(text.as_bytes()))?;
    Ok(Real { key_type: KeyType::Hmac, secret, public_key: None })
}

fn private_key(text: &str) -> Result<Real, Error> {
    let pem = pem::read(text).ok_or_else(|| refused("it is not sound PEM"))?;
    match pem.label {
        pem::PRIVATE_KEY => pkcs8(pem.der.expose()),
        "RSA PRIVATE KEY" => rsa(RsaKeyPair::from_der(pem.der.expose()).ok().as_ref()),
        "ENCRYPTED PRIVATE KEY" => Err(refused("the private key is encrypted").hint(
            "pipe it in without its passphrase: openssl pkey -in private.pem | keyward … --secret-file -",
        )),
        _ => Err(refused("it holds something else than a private key")
            .hint("PEM must begin with BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY")),
    }
}

fn pkcs8(der: &[u8]) -> Result<Real, Error> {
    match Ed25519KeyPair::from_pkcs8(der) {
        Ok(pair) => Ok((KeyType::Ed25519, ed25519_of(&pair)?).into()),
        Err(_) => rsa(RsaKeyPair::from_pkcs8(der).ok().as_ref()),
    }
}

fn rsa(pair: Option<&RsaKeyPair>) -> Result<Real, Error> {
    let pair =
        pair.ok_or_else(|| refused("it is neither an Ed25519 nor an RSA private key of 2048 to 8192 bits"))?;
    Ok((KeyType::Rsa, rsa_of(pair)?).into())
}

/// The secret itself is not repeated, not even in part.
fn refused(why: &'static str) -> Error {
    Error::new(Code::SecretInvalid, format!("the secret is refused: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Counted;
    use crate::material;

    fn read(text: &str) -> Result<Real, Error> {
        Real::read(&Secret::from_vec(text.as_bytes().to_vec()).unwrap())
    }

    fn pem_of(pair: &Pair) -> String {
        pem::write(pem::PRIVATE_KEY, pair.private.expose()).to_string()
    }

    #[test]
    fn the_form_says_what_a_secret_is() {
        assert_eq!(read(&"s".repeat(64)).unwrap().key_type, KeyType::Hmac);
        let ed25519 = material::ed25519(&Counted::default()).unwrap();
        assert_eq!(read(&pem_of(&ed25519)).unwrap().key_type, KeyType::Ed25519);
        let rsa = material::rsa().unwrap();
        assert_eq!(read(&pem_of(&rsa)).unwrap().key_type, KeyType::Rsa);
        assert_eq!(read(&pem_of(&rsa)).unwrap().public_key, rsa.public_pem());
    }

    #[test]
    fn what_surrounds_a_secret_is_not_part_of_it() {
        assert_eq!(read("  abcdefgh\r\n").unwrap().secret.expose(), b"abcdefgh");
    }

    #[test]
    fn what_is_no_secret_is_refused_and_not_repeated() {
        let encrypted = pem::write("ENCRYPTED PRIVATE KEY", &[7; 48]);
        let certificate = pem::write("CERTIFICATE", &[7; 48]);
        let nonsense = pem::write("PRIVATE KEY", &[7; 48]);
        let broken = "-----BEGIN PRIVATE KEY-----\nhunter2hunter2";
        for text in
            ["", "hunter2", "hunter2 hunter2", &"x".repeat(513), &encrypted, &certificate, &nonsense, broken]
        {
            let error = read(text).map(|_| ()).unwrap_err();
            assert_eq!(error.code(), Code::SecretInvalid, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
