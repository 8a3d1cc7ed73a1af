//! What a provider says of somebody, checked (OpenID Connect Core 3.1.3.7, RFC 8725).

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use super::keys::Keys;
use crate::people::digest;

/// The ways of signing that are believed: never none, and none whose key both sides share.
const ALGORITHMS: [Algorithm; 4] = [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];
/// How far the provider's clock may be off.
const LEEWAY: SignedDuration = SignedDuration::from_secs(60);
/// The longest `sub` (OpenID Connect Core 2).
const SUBJECT_MAX: usize = 255;
/// The longest e-mail address (RFC 5321).
const EMAIL_MAX: usize = 254;

/// Somebody for whom the provider vouches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vouched {
    /// What the provider calls him, for ever.
    pub(crate) subject: String,
    /// His address, where the provider says that it has verified it.
    pub(crate) email: Option<String>,
}

/// What a token has to be about.
pub(super) struct Expected<'e> {
    pub(super) issuer: &'e str,
    pub(super) client: &'e str,
    pub(super) nonce: &'e str,
    pub(super) now: Timestamp,
}

/// What is wrong with a token; for the log alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum Wrong {
    #[error("the token cannot be read")]
    Form,
    #[error("the token is signed in a way that is not believed")]
    Algorithm,
    #[error("the token is signed by a key that the provider does not publish")]
    Key,
    #[error("the token's signature is wrong")]
    Signature,
    #[error("the token is another issuer's")]
    Issuer,
    #[error("the token is for another client")]
    Audience,
    #[error("the token's time is over, or has not come")]
    Time,
    #[error("the token belongs to another sign-in")]
    Nonce,
    #[error("the token names nobody")]
    Subject,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    email: Option<String>,
    /// Some providers write it as a text, which is not believed.
    email_verified: Option<Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Whom a token vouches for, if everything about it is right.
pub(super) fn check(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Vouched, Wrong> {
    let claims = signed(token, keys)?;
    let right = [
        (claims.iss == expected.issuer, Wrong::Issuer),
        (claims.is_for(expected.client), Wrong::Audience),
        (claims.is_timely(expected.now), Wrong::Time),
        // Digests are compared, so that the time tells nothing of how much was right.
        (claims.nonce.as_deref().is_some_and(|nonce| digest(nonce) == digest(expected.nonce)), Wrong::Nonce),
        (
            (1..=SUBJECT_MAX).contains(&claims.sub.len()) && !claims.sub.contains(char::is_control),
            Wrong::Subject,
        ),
    ];
    if let Some((_, wrong)) = right.into_iter().find(|(is_right, _)| !is_right) {
        return Err(wrong);
    }
    Ok(Vouched { email: claims.verified_email(), subject: claims.sub })
}

/// What stands in a token that one of the keys has signed.
fn signed(token: &str, keys: &Keys) -> Result<Claims, Wrong> {
    // `none` is no algorithm that the library knows, so that such a header is not even read.
    let header = decode_header(token).map_err(|_| Wrong::Form)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Wrong::Algorithm);
    }
    // What must be understood and is not (RFC 7515 4.1.11).
    if header.crit.is_some() {
        return Err(Wrong::Form);
    }
    let key = keys.find(header.kid.as_deref(), header.alg).ok_or(Wrong::Key)?;
    let mut rules = Validation::new(header.alg);
    // The claims are checked by the caller, against a clock that is an argument.
    rules.required_spec_claims.clear();
    (rules.validate_exp, rules.validate_nbf, rules.validate_aud) = (false, false, false);
    let value = decode::<Value>(token, &key, &rules).map_err(|_| Wrong::Signature)?.claims;
    serde_json::from_value(value).map_err(|_| Wrong::Form)
}

impl Claims {
    /// With several audiences the one that may use it must be said, and where it is said it must be us.
    fn is_for(&self, client: &str) -> bool {
        let (is_ours, is_shared) = match &self.aud {
            Audience::One(one) => (one == client, false),
            Audience::Several(all) => (all.iter().any(|one| one == client), all.len() > 1),
        };
        let is_meant = self.azp.as_deref().map_or(!is_shared, |party| party == client);
        is_ours && is_meant
    }

    fn is_timely(&self, now: Timestamp) -> bool {
        let (late, early) = ((now - LEEWAY).as_second(), (now + LEEWAY).as_second());
        self.exp > late && self.iat <= early && self.nbf.is_none_or(|begin| begin <= early)
    }

    fn verified_email(&self) -> Option<String> {
        let is_verified = self.email_verified == Some(Value::Bool(true));
        let email = self.email.as_ref().filter(|_| is_verified)?;
        let is_sound = email.len() <= EMAIL_MAX && email.contains('@') && !email.contains(char::is_control);
        is_sound.then(|| email.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::fixture::{CLIENT, ISSUER, Signer};
    use super::*;

    const NOW: i64 = 1_767_225_600;

    fn claims() -> Value {
        json!({
            "iss": ISSUER, "sub": "0001", "aud": CLIENT, "exp": NOW + 300, "iat": NOW, "nonce": "n",
            "email": "ada@desk.test", "email_verified": true,
        })
    }

    fn told(signer: &Signer, token: &str) -> Result<Vouched, Wrong> {
        let keys = Keys::read(&signer.published()).unwrap();
        let now = Timestamp::from_second(NOW).unwrap();
        check(token, &keys, &Expected { issuer: ISSUER, client: CLIENT, nonce: "n", now })
    }

    fn changed(change: &Value) -> Value {
        let mut claims = claims();
        claims.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        claims
    }

    #[test]
    fn every_way_of_signing_that_is_believed_is_checked() {
        for signer in Signer::all() {
            let token = signer.sign(&claims());
            let ada = Vouched { subject: "0001".to_owned(), email: Some("ada@desk.test".to_owned()) };
            assert_eq!(told(&signer, &token), Ok(ada), "{:?}", signer.algorithm);
            let other = Signer::all().into_iter().find(|other| other.algorithm == signer.algorithm).unwrap();
            let is_same_key = signer.published() == other.published();
            assert_eq!(told(&other, &token).is_ok(), is_same_key);
            let (rest, _) = token.rsplit_once('.').unwrap();
            assert_eq!(told(&signer, &format!("{rest}.AAAA")), Err(Wrong::Signature));
        }
    }

    #[test]
    fn a_token_that_is_not_signed_or_by_what_everybody_knows_is_refused() {
        let signer = Signer::es256("a");
        let [header, body, _]: [String; 3] =
            signer.sign(&claims()).split('.').map(str::to_owned).collect::<Vec<_>>().try_into().unwrap();
        assert!(header.len() > 10);
        for unsigned in [r#"{"alg":"none"}"#, r#"{"alg":"None","kid":"a"}"#] {
            use base64::Engine;
            let header = base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(unsigned);
            assert_eq!(told(&signer, &format!("{header}.{body}.")), Err(Wrong::Form));
        }
        assert_eq!(told(&signer, &signer.sign_with_the_public_key(&claims())), Err(Wrong::Algorithm));
        assert_eq!(told(&signer, "a.b.c"), Err(Wrong::Form));
        assert_eq!(told(&signer, ""), Err(Wrong::Form));
    }

    #[test]
    fn a_token_of_another_issuer_client_sign_in_or_time_is_refused() {
        let signer = Signer::es256("a");
        for (change, wrong) in [
            (json!({ "iss": "https://evil.test" }), Wrong::Issuer),
            (json!({ "aud": "another" }), Wrong::Audience),
            (json!({ "aud": [CLIENT, "another"] }), Wrong::Audience),
            (json!({ "aud": [CLIENT, "another"], "azp": "another" }), Wrong::Audience),
            (json!({ "azp": "another" }), Wrong::Audience),
            (json!({ "exp": NOW - 60 }), Wrong::Time),
            (json!({ "iat": NOW + 61 }), Wrong::Time),
            (json!({ "nbf": NOW + 61 }), Wrong::Time),
            (json!({ "nonce": "another" }), Wrong::Nonce),
            (json!({ "nonce": null }), Wrong::Nonce),
            (json!({ "sub": "" }), Wrong::Subject),
            (json!({ "sub": "x".repeat(256) }), Wrong::Subject),
            (json!({ "sub": 1 }), Wrong::Form),
            (json!({ "exp": null }), Wrong::Form),
        ] {
            assert_eq!(told(&signer, &signer.sign(&changed(&change))), Err(wrong), "{change}");
        }
        for right in [
            json!({ "aud": [CLIENT] }),
            json!({ "aud": [CLIENT, "another"], "azp": CLIENT }),
            json!({ "exp": NOW - 59 }),
            json!({ "iat": NOW + 60 }),
        ] {
            assert!(told(&signer, &signer.sign(&changed(&right))).is_ok(), "{right}");
        }
    }

    #[test]
    fn an_address_counts_where_the_provider_has_verified_it() {
        let signer = Signer::es256("a");
        for unverified in [
            json!({ "email_verified": false }),
            json!({ "email_verified": null }),
            json!({ "email_verified": "true" }),
            json!({ "email": null }),
            json!({ "email": "nobody" }),
        ] {
            let vouched = told(&signer, &signer.sign(&changed(&unverified))).unwrap();
            assert_eq!(vouched.email, None, "{unverified}");
        }
    }
}
