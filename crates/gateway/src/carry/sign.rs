//! Signed: the request as it leaves, with the real key's signature or with Keyward's word.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderMap, HeaderValue, Request, Uri};
use http_body_util::Full;
use keyward_dialect::{Dialect, Outgoing, SigningKey, Stamp};
use keyward_policy::{KeyType, Reason, SecretOwner};

use super::decide::{Allowed, Pass};
use super::record::Recorded;
use crate::denied::Denied;
use crate::directory::{CredentialEntry, KeyEntry};
use crate::fence::Started;
use crate::gateway::Gateway;
use crate::upstream::FarOff;
use crate::venue::{Base, VenueEntry};

/// Room for the headers of nearly every request, so that their map need not grow.
const HEADERS_USUAL: usize = 12;

/// A request that is ready to leave, once: only what was started at the fence is signed, so only that can be sent.
pub(crate) struct Signed {
    pub(crate) request: Request<Full<Bytes>>,
    pub(crate) started: Started,
}

impl Recorded<'_> {
    /// Signs at the last moment, with the time of sending; only a real key's signature needs that to be right.
    pub(crate) fn sign(
        &self,
        gateway: &Gateway,
        base: &Base,
        stamp: Result<Stamp, FarOff>,
        started: Started,
    ) -> Result<Signed, Denied> {
        let Allowed { read, pass, .. } = &*self.0;
        let dialect = read.received.resolved.venue.dialect;
        let mut outgoing = match pass {
            Pass::Resign(_, credential) => self.resign(gateway, credential, stamp.map_err(far_off)?)?,
            Pass::Public | Pass::Page(_) | Pass::Assert(_) => dialect.strip(&read.request, &read.params),
        };
        outgoing.target.insert_str(0, &base.prefix);
        let token = match pass {
            Pass::Assert(entry) => Some(self.vouch(gateway, entry, &outgoing)?),
            _ => None,
        };
        let request = build(&read.request, &read.received.resolved.venue, outgoing, base, token);
        let request = request.map_err(|_| Denied::policy(Reason::Malformed))?;
        Ok(Signed { request, started })
    }

    fn resign(
        &self,
        gateway: &Gateway,
        credential: &CredentialEntry,
        stamp: Stamp,
    ) -> Result<Outgoing, Denied> {
        let Allowed { read, .. } = &*self.0;
        let owner = SecretOwner::Credential(credential.id);
        let secret = gateway
            .vault
            .open_kept(owner, &credential.secret)
            .map_err(|error| crate::sealed::denied(&error))?;
        let dialect = read.received.resolved.venue.dialect;
        let key = signing_key(dialect, credential.key_type, &secret);
        let key = key.ok_or_else(|| Denied::policy(Reason::CredentialUnusable))?;
        let signed = dialect.resign(&read.request, &read.params, &credential.api_key, &key, stamp);
        signed.map_err(|_| Denied::policy(Reason::CredentialUnusable))
    }

    fn vouch(&self, gateway: &Gateway, key: &KeyEntry, outgoing: &Outgoing) -> Result<String, Denied> {
        let resolved = &self.0.read.received.resolved;
        let door = key.rules.door(resolved.venue.venue.id);
        let permissions = door.map(|door| door.permissions).unwrap_or_default();
        let identity = gateway.identity.load();
        let identity = identity.as_ref().ok_or_else(|| Denied::policy(Reason::VaultSealed))?;
        identity.token(gateway, key, permissions, resolved, outgoing)
    }
}

/// The clock cannot be signed by.
fn far_off(far_off: FarOff) -> Denied {
    Denied::new(Reason::ClockUncertain, format!("{far_off}; nothing was sent"))
}

/// The signing key of a credential's secret; none of what only issued keys are.
pub(crate) fn signing_key<'k>(
    dialect: &dyn Dialect,
    key_type: KeyType,
    secret: &'k [u8],
) -> Option<SigningKey<'k>> {
    match key_type {
        KeyType::Hmac => Some(dialect.hmac().signing_key(secret)),
        KeyType::Ed25519 => Some(SigningKey::Ed25519(secret)),
        KeyType::Rsa => Some(SigningKey::RsaSha256(secret)),
        KeyType::Publishable => None,
    }
}

fn build(
    client: &keyward_dialect::Request<'_>,
    venue: &VenueEntry,
    outgoing: Outgoing,
    base: &Base,
    token: Option<String>,
) -> Result<Request<Full<Bytes>>, http::Error> {
    let mut headers = HeaderMap::with_capacity(HEADERS_USUAL);
    headers.insert(HOST, base.host_header.clone());
    for name in &venue.passed_on {
        for value in client.headers.get_all(name) {
            headers.append(name, value.clone());
        }
    }
    for (name, value) in outgoing.set {
        headers.insert(name, HeaderValue::try_from(value)?);
    }
    if let Some(token) = token {
        let mut bearer = HeaderValue::try_from(format!("Bearer {token}"))?;
        bearer.set_sensitive(true);
        headers.insert(AUTHORIZATION, bearer);
    }
    let mut request = Request::new(Full::new(Bytes::from(outgoing.body)));
    *request.method_mut() = client.method.clone();
    *request.uri_mut() = Uri::try_from(outgoing.target)?;
    *request.headers_mut() = headers;
    Ok(request)
}
