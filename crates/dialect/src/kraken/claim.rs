//! Who sent a request, and what he signed: the path, and the SHA-256 of nonce and body.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use super::{KEY_HEADER, NONCE, SIGN_HEADER, nonce};
use crate::form::all_bytes;
use crate::header::only;
use crate::{Claim, Params, Place, Refusal, RefusalKind, Request, SignedClaim};

/// Longest key taken; Kraken's have 56 characters of base64.
const KEY_MAX: usize = 128;
/// Characters of a signature: 64 bytes in base64.
const SIGNATURE_CHARS: usize = 88;

/// Reads the claim of a request.
///
/// # Errors
/// A signature without a key, a key or signature that cannot be one, or a signature and a nonce that are not together: a
/// request that lost its signature on the way must not pass for one that never had any.
pub(super) fn claim<'r>(request: &Request<'r>, params: &Params<'r>) -> Result<Claim<'r>, Refusal> {
    match (key(request)?, signature(request)?) {
        (_, None) if params.get(NONCE).is_some() => {
            let detail = "there is a 'nonce' but no API-Sign header: sign the request, or send neither";
            Err(Refusal::new(RefusalKind::SignatureMissing, detail))
        }
        (None, None) => Ok(Claim::Anonymous),
        (Some(key), None) => Ok(Claim::KeyOnly { key }),
        (None, Some(_)) => {
            Err(Refusal::new(RefusalKind::KeyMissing, "signed, but there is no API-Key header"))
        }
        (Some(key), Some(signature)) => signed(request, params, key, signature).map(Claim::Signed),
    }
}

fn key<'r>(request: &Request<'r>) -> Result<Option<&'r str>, Refusal> {
    let refuse = |kind| Refusal::new(kind, "API-Key must come once, and hold the key and nothing else");
    let key = only(request.headers, &KEY_HEADER).map_err(refuse)?;
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
    match key {
        Some(key) if key.is_empty() || key.len() > KEY_MAX || !all_bytes(key, known) => {
            Err(refuse(RefusalKind::KeyMissing))
        }
        key => Ok(key),
    }
}

fn signature<'r>(request: &Request<'r>) -> Result<Option<&'r str>, Refusal> {
    let refuse = |kind| Refusal::new(kind, "API-Sign must come once, and hold 64 bytes in base64");
    let signature = only(request.headers, &SIGN_HEADER).map_err(refuse)?;
    match signature {
        Some(signature) if signature.len() != SIGNATURE_CHARS => Err(refuse(RefusalKind::SignatureInvalid)),
        signature => Ok(signature),
    }
}

fn signed<'r>(
    request: &Request<'r>,
    params: &Params<'r>,
    key: &'r str,
    signature: &'r str,
) -> Result<SignedClaim<'r>, Refusal> {
    let (nonce, signed_at_us) = nonce::read(params)?;
    if params.get(NONCE).is_some_and(|nonce| nonce.place == Place::Query) {
        let detail = "the 'nonce' belongs into the body, which the signature covers";
        return Err(Refusal::new(RefusalKind::BodyUncovered, detail));
    }
    Ok(SignedClaim {
        key,
        message: Cow::Owned(message(request.path, nonce, request.body)),
        signature: Cow::Borrowed(signature),
        signed_at_us,
        window_us: nonce::window_us(),
    })
}

/// The signed bytes. The path is the exchange's own, whatever stands before it in the gateway's URL: so clients sign it.
pub(super) fn message(path: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let digest = Sha256::new().chain_update(nonce).chain_update(body).finalize();
    [path.as_bytes(), &digest].concat()
}
