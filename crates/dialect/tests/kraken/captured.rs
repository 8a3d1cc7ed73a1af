//! Captured requests: what is in `testdata/kraken`.

use std::fs;
use std::path::Path;

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use keyward_dialect::kraken::Kraken;
use keyward_dialect::{
    Claim, Dialect, Outgoing, Params, Purpose, Refusal, Request, SignedClaim, VerifyingKey,
};
use serde::Deserialize;
use serde_json::Value;

/// One request that a client put on the wire.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Captured {
    #[serde(default)]
    pub(crate) unified: String,
    #[serde(default)]
    pub(crate) args: Vec<Value>,
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

/// Reads one file of `testdata/kraken` whole.
pub(crate) fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/kraken").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The requests of one file.
pub(crate) fn requests(name: &str) -> Vec<Captured> {
    file(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The requests of every client.
pub(crate) fn all() -> Vec<Captured> {
    ["ccxt-captured.jsonl", "connectors-captured.jsonl"].into_iter().flat_map(requests).collect()
}

/// The requests of every client that carry a signature.
pub(crate) fn signed() -> Vec<Captured> {
    all().into_iter().filter(|one| one.header("api-sign").is_some()).collect()
}

impl Captured {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Hands the request to `look`, in the form that a dialect takes.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&Request<'_>) -> T) -> T {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        look(&Request { method: &method, path, query, headers: &headers, body: self.body.as_bytes() })
    }

    /// Hands the request and its parameters to `look`.
    pub(crate) fn parsed<T>(&self, look: impl FnOnce(&Request<'_>, &Params<'_>) -> T) -> T {
        self.with(|request| {
            look(request, &Kraken.parse(request).unwrap_or_else(|error| panic!("{error}: {self:?}")))
        })
    }

    /// Hands what the request would do to `look`.
    pub(crate) fn purpose<T>(&self, look: impl FnOnce(Purpose<'_>) -> T) -> T {
        self.parsed(|request, params| {
            look(Kraken.classify(request, params).unwrap_or_else(|error| panic!("{error}: {self:?}")))
        })
    }

    /// The key that checks what the client signed.
    pub(crate) fn verifier(&self) -> VerifyingKey<'_> {
        Kraken.hmac().verifying_key(self.creds.secret.as_bytes())
    }

    /// The nonce that the client sent.
    pub(crate) fn nonce(&self) -> Option<String> {
        self.parsed(|_, params| params.value("nonce").map(str::to_owned))
    }

    /// The request as it leaves.
    pub(crate) fn left(&self, outgoing: &Outgoing) -> Self {
        let mut headers = self.headers.clone();
        headers.retain(|(name, _)| Kraken.headers().contains(&name.to_lowercase().as_str()));
        headers.extend(outgoing.set.iter().map(|(name, value)| (name.to_string(), value.clone())));
        let body = String::from_utf8(outgoing.body.clone()).unwrap();
        Self { target: outgoing.target.clone(), headers, body, ..self.clone() }
    }
}

/// Reads a request up to its signature.
pub(crate) fn claim<T>(
    request: &Request<'_>,
    look: impl FnOnce(&SignedClaim<'_>) -> T,
) -> Result<Option<T>, Refusal> {
    let params = Kraken.parse(request)?;
    Ok(match Kraken.claim(request, &params)? {
        Claim::Signed(claim) => Some(look(&claim)),
        Claim::Anonymous | Claim::KeyOnly { .. } => None,
    })
}
