//! The keys by which a provider signs (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// The most keys that are looked at; providers have two or three.
const KEYS_MAX: usize = 100;

/// The provider's keys.
#[derive(Debug)]
pub(super) struct Keys(Vec<Jwk>);

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

impl Keys {
    /// Reads a set; what is no key that Keyward knows is left out, for a provider may have others for others.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let Set { keys } = serde_json::from_slice(bytes).ok()?;
        let known = keys.into_iter().take(KEYS_MAX).filter_map(|key| serde_json::from_value(key).ok());
        Some(Self(known.collect()))
    }

    /// The key that a token names, if it signs in this way; where a token names none, the only one that does.
    pub(super) fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<DecodingKey> {
        let is_named = |key: &&Jwk| id.is_none() || key.common.key_id.as_deref() == id;
        let mut found = self.0.iter().filter(|key| suits(key, algorithm)).filter(is_named);
        let key = found.next()?;
        if id.is_none() && found.next().is_some() {
            return None;
        }
        DecodingKey::from_jwk(key).ok()
    }
}

/// Whether a key is for signatures of this kind. One that is shared never is: what checks would then sign as well.
fn suits(key: &Jwk, algorithm: Algorithm) -> bool {
    let is_kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256 | Algorithm::PS256) => true,
        (AlgorithmParameters::EllipticCurve(key), Algorithm::ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(key), Algorithm::EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let said = key.common.key_algorithm.as_ref().map(ToString::to_string);
    let is_said = said.is_none_or(|said| said == format!("{algorithm:?}"));
    is_kind && is_said && key.common.public_key_use != Some(PublicKeyUse::Encryption)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const P256: [&str; 2] =
        ["f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"];

    fn keys(keys: &Value) -> Keys {
        Keys::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    fn p256(id: &str) -> Value {
        json!({ "kty": "EC", "crv": "P-256", "x": P256[0], "y": P256[1], "kid": id })
    }

    #[test]
    fn a_key_is_found_by_its_name_or_because_it_is_the_only_one() {
        let two = keys(&json!([p256("a"), { "kty": "new", "kid": "x" }, p256("b")]));
        assert!(two.find(Some("b"), Algorithm::ES256).is_some());
        assert!(two.find(Some("c"), Algorithm::ES256).is_none());
        assert!(two.find(None, Algorithm::ES256).is_none(), "which of the two?");
        assert!(keys(&json!([p256("a")])).find(None, Algorithm::ES256).is_some());
        assert!(Keys::read(b"[]").is_none());
    }

    #[test]
    fn a_key_checks_what_it_is_for_and_nothing_else() {
        let mut key = p256("a");
        assert!(keys(&json!([key])).find(Some("a"), Algorithm::RS256).is_none());
        key["use"] = json!("enc");
        assert!(keys(&json!([key])).find(Some("a"), Algorithm::ES256).is_none());
        key["use"] = json!("sig");
        key["alg"] = json!("ES384");
        assert!(keys(&json!([key])).find(Some("a"), Algorithm::ES256).is_none());
        key["alg"] = json!("ES256");
        assert!(keys(&json!([key])).find(Some("a"), Algorithm::ES256).is_some());
        let shared = json!([{ "kty": "oct", "k": "c2VjcmV0", "kid": "a" }]);
        assert!(keys(&shared).find(Some("a"), Algorithm::HS256).is_none());
    }
}
