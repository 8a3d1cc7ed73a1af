//! Captured requests: what is in `testdata/binance`.

use std::fs;
use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keyward_dialect::binance::Binance;
use keyward_dialect::crypto::{PublicKey, SecretKey};
use keyward_dialect::{Claim, Dialect, Params, Refusal, Request, SignedClaim, VerifyingKey};
use serde::Deserialize;
use serde_json::Value;

/// One request that a client put on the wire.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Captured {
    #[serde(default)]
    pub(crate) exchange: String,
    #[serde(default)]
    pub(crate) unified: String,
    #[serde(default)]
    pub(crate) args: Vec<Value>,
    #[serde(default)]
    pub(crate) variant: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    #[serde(default)]
    pub(crate) creds: Credentials,
}

/// The dummy key of a captured request.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Credentials {
    #[serde(default, rename = "apiKey")]
    pub(crate) key: String,
    #[serde(default)]
    pub(crate) secret: String,
}

/// Reads one file of `testdata/binance` whole.
pub(crate) fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/binance").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The requests of one file that were sent to Binance.
pub(crate) fn requests(name: &str) -> Vec<Captured> {
    let all = file(name);
    all.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The requests of every client that carry a signature.
pub(crate) fn signed() -> Vec<Captured> {
    let files = ["ccxt-captured.jsonl", "ccxt-variants.jsonl", "connectors-captured.jsonl"];
    files.into_iter().flat_map(requests).filter(Captured::is_signed).collect()
}

impl Captured {
    pub(crate) fn is_signed(&self) -> bool {
        self.target.contains("signature=") || self.body.contains("signature=")
    }

    /// Hands the request to `look`, in the form that a dialect takes.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Request<'_>) -> T) -> T {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let headers = self.headers();
        look(&Request { method: &method, path, query, headers: &headers, body: self.body.as_bytes() })
    }

    /// Hands the request and its parameters to `look`.
    pub(crate) fn parsed<T>(&self, look: impl FnOnce(&Request<'_>, &Params<'_>) -> T) -> T {
        self.with(|request| {
            look(request, &Binance.parse(request).unwrap_or_else(|error| panic!("{error}: {self:?}")))
        })
    }

    /// The key that checks what the client signed.
    pub(crate) fn verifier(&self) -> Verifier {
        let secret = SecretKey::from_text(&self.creds.secret).unwrap();
        secret.public_key().unwrap().map_or(Verifier::Hmac(secret.bytes.to_vec()), Verifier::Public)
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }
}

/// What checks a captured signature.
#[derive(Debug)]
pub(crate) enum Verifier {
    Hmac(Vec<u8>),
    Public(PublicKey),
}

impl Verifier {
    pub(crate) fn key(&self) -> VerifyingKey<'_> {
        match self {
            Self::Hmac(secret) => VerifyingKey::HmacSha256(secret),
            Self::Public(key) => key.verifying_key(),
        }
    }
}

/// Reads a request up to its signature.
pub(crate) fn claim<T>(
    request: &Request<'_>,
    look: impl FnOnce(&SignedClaim<'_>) -> T,
) -> Result<Option<T>, Refusal> {
    let params = Binance.parse(request)?;
    Ok(match Binance.claim(request, &params)? {
        Claim::Signed(claim) => Some(look(&claim)),
        Claim::Anonymous | Claim::KeyOnly { .. } => None,
    })
}
