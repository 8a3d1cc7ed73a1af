//! Who sent a request, and what he signed: the wire bytes of query and body, joined with nothing in between.

use std::borrow::Cow;

use super::{KEY_HEADER, SIGNATURE, TIMESTAMP, window};
use crate::form::all_bytes;
use crate::header::only;
use crate::{Claim, Param, Params, Place, Refusal, RefusalKind, Request, SignedClaim};

/// Longest key taken; Binance's have 64 letters and digits.
const KEY_MAX: usize = 128;
/// Longest signature taken: RSA with 8192 bits has 1,368 characters of base64.
const SIGNATURE_MAX: usize = 1_400;

/// Reads the claim of a request.
///
/// # Errors
/// A signature without a key, a key or signature that cannot be one, or a signature and a time that are not together: a
/// request that lost its signature on the way must not pass for one that never had any.
pub(super) fn claim<'r>(request: &Request<'r>, params: &Params<'r>) -> Result<Claim<'r>, Refusal> {
    match (key(request)?, params.get(SIGNATURE)) {
        (_, None) if params.get(TIMESTAMP).is_some() => {
            let detail = "there is a 'timestamp' but no 'signature': sign the request, or send neither";
            Err(Refusal::new(RefusalKind::SignatureMissing, detail))
        }
        (None, None) => Ok(Claim::Anonymous),
        (Some(key), None) => Ok(Claim::KeyOnly { key }),
        (None, Some(_)) => {
            Err(Refusal::new(RefusalKind::KeyMissing, "signed, but there is no X-MBX-APIKEY header"))
        }
        (Some(key), Some(signature)) => signed(request, params, key, signature).map(Claim::Signed),
    }
}

fn key<'r>(request: &Request<'r>) -> Result<Option<&'r str>, Refusal> {
    let refuse = |kind| Refusal::new(kind, "X-MBX-APIKEY must come once, and hold the key and nothing else");
    let key = only(request.headers, &KEY_HEADER).map_err(refuse)?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    match key {
        Some(key) if key.is_empty() || key.len() > KEY_MAX || !all_bytes(key, known) => {
            Err(refuse(RefusalKind::KeyMissing))
        }
        key => Ok(key),
    }
}

fn signed<'r>(
    request: &Request<'r>,
    params: &Params<'r>,
    key: &'r str,
    signature: &Param<'r>,
) -> Result<SignedClaim<'r>, Refusal> {
    Ok(SignedClaim {
        key,
        message: message(request, signature),
        signature: canonical(&signature.value)?,
        signed_at_us: window::signed_at(params)?.micros(),
        window_us: window::width_us(params)?,
    })
}

/// The signature in the one form that stands for it, so that whoever remembers signatures cannot be shown the same one
/// in other clothes: hexadecimal digits count in either case, and become lower case. Base64 has one form only.
fn canonical<'r>(signature: &Cow<'r, str>) -> Result<Cow<'r, str>, Refusal> {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if signature.is_empty() || signature.len() > SIGNATURE_MAX || !all_bytes(signature, known) {
        let detail = "the signature is neither hexadecimal nor percent-encoded base64";
        return Err(Refusal::new(RefusalKind::SignatureInvalid, detail));
    }
    let is_upper_hex = signature.len() == 64
        && all_bytes(signature, |byte| byte.is_ascii_hexdigit())
        && !all_bytes(signature, |byte| !byte.is_ascii_uppercase());
    Ok(if is_upper_hex { Cow::Owned(signature.to_ascii_lowercase()) } else { signature.clone() })
}

/// The signed bytes: query and body in wire form, each without the signature's pair, with no `&` between them.
fn message<'r>(request: &Request<'r>, signature: &Param<'r>) -> Cow<'r, [u8]> {
    let (query, body) = match signature.place {
        Place::Query => (without(request.query.as_bytes(), signature), Cow::Borrowed(request.body)),
        Place::Body | Place::Json => {
            (Cow::Borrowed(request.query.as_bytes()), without(request.body, signature))
        }
    };
    if query.is_empty() {
        body
    } else if body.is_empty() {
        query
    } else {
        Cow::Owned([query, body].concat())
    }
}

/// The text of one place without a pair and one `&` beside it; borrowed where the pair comes first or last, as it does
/// in every known client.
fn without<'r>(wire: &'r [u8], pair: &Param<'_>) -> Cow<'r, [u8]> {
    let before = wire.get(..pair.range.start).unwrap_or_default();
    let after = wire.get(pair.range.end..).unwrap_or_default();
    match (before, after) {
        ([before @ .., b'&'], []) => Cow::Borrowed(before),
        ([], [_, after @ ..]) => Cow::Borrowed(after),
        (before, [_, after @ ..]) => Cow::Owned([before, after].concat()),
        (before, []) => Cow::Borrowed(before),
    }
}
