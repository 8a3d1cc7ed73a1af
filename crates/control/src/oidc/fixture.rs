//! A provider for the tests: it signs real tokens, and can be told to do everything wrong.

use std::sync::{Arc, Mutex};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{Answer, CannotFetch, Client, Fetch, Fetching, Provider, Question, Said};

pub(crate) const ISSUER: &str = "https://id.test";
pub(crate) const CLIENT: &str = "keyward";

/// A key of the provider.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) algorithm: Algorithm,
    key: EncodingKey,
    id: String,
}

impl Signer {
    pub(crate) fn es256(id: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let document = pair.to_pkcs8v1().unwrap();
        Self {
            algorithm: Algorithm::ES256,
            key: EncodingKey::from_ec_der(document.as_ref()),
            id: id.to_owned(),
        }
    }

    /// One for each way of signing that is believed.
    pub(crate) fn all() -> Vec<Self> {
        let rsa = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        let rsa: Pkcs8V1Der<'_> = rsa.as_der().unwrap();
        let ed25519 = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
        // PKCS#1, which is what stands behind the 26 bytes of PKCS#8 around it (RFC 5208).
        let rsa = &rsa.as_ref()[26..];
        let of = |algorithm, key| Self { algorithm, key, id: format!("{algorithm:?}") };
        vec![
            of(Algorithm::RS256, EncodingKey::from_rsa_der(rsa)),
            of(Algorithm::PS256, EncodingKey::from_rsa_der(rsa)),
            Self::es256("ES256"),
            of(Algorithm::EdDSA, EncodingKey::from_ed_der(ed25519.as_ref())),
        ]
    }

    fn jwk(&self) -> Value {
        let mut key =
            serde_json::to_value(Jwk::from_encoding_key(&self.key, self.algorithm).unwrap()).unwrap();
        key["kid"] = json!(self.id);
        key
    }

    /// What the provider publishes of it.
    pub(crate) fn published(&self) -> Vec<u8> {
        json!({ "keys": [self.jwk()] }).to_string().into_bytes()
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.clone()), ..Header::new(self.algorithm) };
        encode(&header, claims, &self.key).unwrap()
    }

    /// What a forger makes who knows what everybody knows.
    pub(crate) fn sign_with_the_public_key(&self, claims: &Value) -> String {
        let header = Header { kid: Some(self.id.clone()), ..Header::new(Algorithm::HS256) };
        encode(&header, claims, &EncodingKey::from_secret(self.jwk()["x"].as_str().unwrap().as_bytes()))
            .unwrap()
    }
}

/// What the provider does from now on.
pub(crate) struct Plan {
    /// By what it signs.
    pub(crate) signer: Signer,
    /// What it publishes; the key by which it signs unless a test says otherwise.
    pub(crate) published: Option<Vec<u8>>,
    /// What stands in the next token.
    pub(crate) claims: Value,
    /// It answers a code with this error.
    pub(crate) refuses: Option<&'static str>,
    /// It does not answer.
    pub(crate) is_down: bool,
    /// What it was asked, by the last part of the address.
    pub(crate) asked: Vec<String>,
    /// The codes that it has taken.
    codes: Vec<String>,
}

/// A provider whose other end the test holds.
pub(crate) struct Pretender(pub(crate) Mutex<Plan>);

impl Pretender {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new(Plan {
            signer: Signer::es256("a"),
            published: None,
            claims: Value::Null,
            refuses: None,
            is_down: false,
            asked: Vec::new(),
            codes: Vec::new(),
        })))
    }

    /// Keyward's view of it.
    pub(crate) fn provider(self: &Arc<Self>, required: bool) -> Provider {
        let client = Client::new(Said {
            issuer: ISSUER.to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: None,
            name: Some("Desk ID".to_owned()),
            required,
        });
        Provider::new(client.unwrap(), Arc::clone(self) as Arc<dyn Fetch>)
    }

    fn answer(&self, question: &Question) -> Result<Answer, CannotFetch> {
        let mut plan = self.0.lock().unwrap();
        if plan.is_down {
            return Err(CannotFetch::Slow);
        }
        let (place, what) = question.url.rsplit_once('/').unwrap();
        assert!(place.starts_with(ISSUER));
        plan.asked.push(what.to_owned());
        let (status, body) = match what {
            "openid-configuration" => (200, document().to_string().into_bytes()),
            "keys" => (200, plan.published.clone().unwrap_or_else(|| plan.signer.published())),
            "token" => plan.token(question.form.as_deref().unwrap()),
            _ => (404, Vec::new()),
        };
        Ok(Answer { status, body: Zeroizing::new(body) })
    }
}

impl Plan {
    /// A code is good once.
    fn token(&mut self, form: &str) -> (u16, Vec<u8>) {
        let code =
            form_urlencoded::parse(form.as_bytes()).find(|(name, _)| name == "code").unwrap().1.into_owned();
        let is_used = self.codes.contains(&code);
        self.codes.push(code);
        if let Some(error) = self.refuses.or(is_used.then_some("invalid_grant")) {
            return (400, json!({ "error": error }).to_string().into_bytes());
        }
        let token = self.signer.sign(&self.claims);
        (
            200,
            json!({ "id_token": token, "access_token": "x", "token_type": "Bearer" })
                .to_string()
                .into_bytes(),
        )
    }
}

impl Fetch for Pretender {
    fn fetch(&self, question: Question) -> Fetching<'_> {
        Box::pin(async move { self.answer(&question) })
    }
}

fn document() -> Value {
    json!({
        "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/auth"),
        "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/keys"),
        "authorization_response_iss_parameter_supported": true,
    })
}
