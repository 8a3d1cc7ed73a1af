//! The request that Kraken's own client would have sent with the real key.

use super::claim::message;
use super::{KEY_HEADER, NONCE, SIGN_HEADER};
use crate::{CannotSign, Outgoing, Param, Params, Place, Request, SigningKey, Stamp};

/// Signs a request again: the same body with Keyward's nonce where the client's stood, and in the same form.
///
/// A request without a signature is public data and leaves without any key: Kraken asks for none.
///
/// # Errors
/// The key does not sign, or the stamp has no nonce.
pub(super) fn resign(
    request: &Request<'_>,
    params: &Params<'_>,
    api_key: &str,
    key: &SigningKey<'_>,
    stamp: Stamp,
) -> Result<Outgoing, CannotSign> {
    if !request.headers.contains_key(SIGN_HEADER) {
        return Ok(strip(request));
    }
    // Only what the claim was read from gets here, and there is no claim to a signature without a nonce.
    let old = params.get(NONCE).ok_or(CannotSign)?;
    let nonce = stamp.nonce.ok_or(CannotSign)?.to_string();
    let body = renumbered(request.body, old, &nonce).ok_or(CannotSign)?;
    let signature = key.sign(&message(request.path, &nonce, &body))?;
    let set = vec![(KEY_HEADER, api_key.to_owned()), (SIGN_HEADER, signature)];
    Ok(Outgoing { target: target(request), set, body })
}

/// The request without key and signature, which are headers that do not leave. The nonce stays: it is the client's own
/// word, and a backend may hold it against its clock.
pub(super) fn strip(request: &Request<'_>) -> Outgoing {
    Outgoing { target: target(request), set: vec![], body: request.body.to_vec() }
}

fn target(request: &Request<'_>) -> String {
    match request.query {
        "" => request.path.to_owned(),
        query => format!("{}?{query}", request.path),
    }
}

/// The body with another nonce, and nothing else changed.
fn renumbered(body: &[u8], old: &Param<'_>, nonce: &str) -> Option<Vec<u8>> {
    let (before, wire, after) =
        (body.get(..old.range.start)?, body.get(old.range.clone())?, body.get(old.range.end..)?);
    let quote = if wire.first() == Some(&b'"') { "\"" } else { "" };
    let (start, end) = match old.place {
        Place::Json => (quote, quote),
        Place::Body => ("nonce=", ""),
        Place::Query => return None,
    };
    Some([before, start.as_bytes(), nonce.as_bytes(), end.as_bytes(), after].concat())
}
