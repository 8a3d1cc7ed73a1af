//! Keyward's word for a caller: short-lived tokens for assert-mode venues, and the public key that checks them.
//!
//! A token is a JWT (RFC 7519) signed with Ed25519 (RFC 8037). It names the key, its project and permissions, and binds
//! them to one request by a digest, so that it is worth nothing for another.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use keyward_dialect::{Outgoing, SigningKey};
use keyward_policy::{PermissionSet, Reason, Sealed, SecretOwner};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::carry::Resolved;
use crate::denied::Denied;
use crate::directory::KeyEntry;
use crate::gateway::Gateway;

/// How long a token is good: the request arrives at once, so only clocks need room.
const LIFETIME_S: i64 = 15;

/// The key that signs Keyward's word.
pub struct Identity {
    public: [u8; 32],
    /// PKCS#8 DER, sealed.
    secret: Sealed,
    /// Names the key in tokens and in the key set: its RFC 7638 thumbprint.
    kid: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'static str,
    /// The venue's name.
    aud: &'a str,
    /// The key's id.
    sub: String,
    prj: String,
    perms: PermissionSet,
    /// The request's id.
    jti: String,
    iat: i64,
    nbf: i64,
    exp: i64,
    /// The digest of the request.
    req: String,
}

impl Identity {
    /// The identity of this Keyward: the 32 bytes of its Ed25519 public key, and the sealed private one.
    pub fn new(public: [u8; 32], secret: Sealed) -> Self {
        let kid = BASE64.encode(Sha256::digest(thumbprint(&public)));
        Self { public, secret, kid }
    }

    /// The public key as a member of a key set.
    fn public_jwk(&self) -> String {
        let x = BASE64.encode(self.public);
        let kid = &self.kid;
        format!(r#"{{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"{kid}","x":"{x}"}}"#)
    }

    /// A token for one request.
    pub(crate) fn token(
        &self,
        gateway: &Gateway,
        key: &KeyEntry,
        permissions: PermissionSet,
        resolved: &Resolved,
        outgoing: &Outgoing,
    ) -> Result<String, Denied> {
        let issued_at = gateway.clock.now().as_second();
        let claims = Claims {
            iss: "keyward",
            aud: &resolved.venue.venue.name,
            sub: key.id.to_string(),
            prj: key.rules.project.to_string(),
            perms: permissions,
            jti: resolved.id.to_string(),
            iat: issued_at,
            nbf: issued_at - 1,
            exp: issued_at + LIFETIME_S,
            req: digest(resolved.method().as_str(), outgoing),
        };
        self.sign(gateway, &claims)
    }

    fn sign(&self, gateway: &Gateway, claims: &Claims<'_>) -> Result<String, Denied> {
        let unusable = |_| Denied::policy(Reason::CredentialUnusable);
        let header = format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{}"}}"#, self.kid);
        let payload = serde_json::to_vec(claims).map_err(|_| Denied::policy(Reason::CredentialUnusable))?;
        let signed = format!("{}.{}", BASE64.encode(header), BASE64.encode(payload));
        let secret = gateway
            .vault
            .open(SecretOwner::Identity, &self.secret)
            .map_err(|error| crate::sealed::denied(&error))?;
        let signature = SigningKey::Ed25519(&secret).sign(signed.as_bytes()).map_err(unusable)?;
        Ok(format!("{signed}.{}", url_safe(&signature)))
    }
}

/// The key set (RFC 7517) that backends check tokens with; empty before there is an identity.
pub(crate) fn key_set(gateway: &Gateway) -> String {
    let identity = gateway.identity.load();
    let keys = identity.as_ref().map(|identity| identity.public_jwk()).unwrap_or_default();
    format!(r#"{{"keys":[{keys}]}}"#)
}

/// Dialects write signatures in the common alphabet of base64, tokens use the one for URLs, without padding.
fn url_safe(base64: &str) -> String {
    base64.trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Over what the backend receives: method, path, query and body, a line each.
fn digest(method: &str, outgoing: &Outgoing) -> String {
    let (path, query) = outgoing.target.split_once('?').unwrap_or((&outgoing.target, ""));
    let mut hash = Sha256::new();
    for part in [method, "\n", path, "\n", query, "\n"] {
        hash.update(part);
    }
    hash.update(&outgoing.body);
    BASE64.encode(hash.finalize())
}

/// The members that RFC 8037 §2 requires, in the order of RFC 7638 §3.
fn thumbprint(public: &[u8; 32]) -> String {
    format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, BASE64.encode(public))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn a_gateway_may_get_its_identity_while_it_runs() {
        let gateway = Fixture::new("http://127.0.0.1:1", "read").gateway;
        gateway.identity.store(None);
        assert_eq!(key_set(&gateway), r#"{"keys":[]}"#);
        gateway.identify(Identity::new([7; 32], Sealed::from_bytes([])));
        assert!(key_set(&gateway).contains(r#""crv":"Ed25519""#));
    }

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037() {
        // RFC 8037, appendix A.3.
        let public = BASE64.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo").unwrap();
        let identity = Identity::new(public.try_into().unwrap(), Sealed::from_bytes([]));
        assert_eq!(identity.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn every_part_of_the_request_is_in_the_digest() {
        let outgoing = |target: &str, body: &str| Outgoing {
            target: target.to_owned(),
            set: vec![],
            body: body.as_bytes().to_vec(),
        };
        let digests = [
            digest("POST", &outgoing("/a?b", "c")),
            digest("GET", &outgoing("/a?b", "c")),
            digest("POST", &outgoing("/x?b", "c")),
            digest("POST", &outgoing("/a?x", "c")),
            digest("POST", &outgoing("/a?b", "x")),
        ];
        let different: std::collections::HashSet<_> = digests.iter().collect();
        assert_eq!(different.len(), digests.len());
    }
}
