//! Answers: the exchange's passed on, or a refusal in the exchange's own words. The one mapping from reasons to HTTP.

use bytes::Bytes;
use http::header::{
    ALT_SVC, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, SET_COOKIE,
    STRICT_TRANSPORT_SECURITY, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{Either, Full};
use keyward_dialect::{Answer, Denial, DenialKind, Dialect};
use keyward_policy::{Reason, RequestId};

use crate::denied::Denied;
use crate::framing::Unsound;
use crate::upstream::Arriving;

/// A body: passed through as it arrives, or whole.
pub(crate) type Body = Either<Arriving, Full<Bytes>>;

/// Names every request in its answer.
const REQUEST_ID: HeaderName = HeaderName::from_static("keyward-request-id");
/// Says why, and that the answer is Keyward's own and not the exchange's.
const REASON: HeaderName = HeaderName::from_static("keyward-reason");
/// Headers that speak of one connection only (RFC 9110 §7.6.1).
const HOP_BY_HOP: [HeaderName; 7] = [
    CONNECTION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// What an exchange says to whoever holds the real key, or about its own host: a session of the real account, another
/// way to reach it that would lead past Keyward, a promise that is not Keyward's.
const NOT_FOR_CLIENTS: [HeaderName; 4] = [SET_COOKIE, ALT_SVC, STRICT_TRANSPORT_SECURITY, REASON];

/// The exchange's answer, under the request's id.
pub(crate) fn passed_on(id: RequestId, mut response: Response<Body>) -> Response<Body> {
    clean(response.headers_mut());
    name_request(response.headers_mut(), id);
    response
}

/// Takes out what spoke of the exchange's connection, and what is not for clients.
fn clean(headers: &mut HeaderMap) {
    if headers.contains_key(TRANSFER_ENCODING) {
        // The transfer encoding alone told the length (RFC 9112 §6.3); the other must not mislead anybody after us.
        headers.remove(CONTENT_LENGTH);
    }
    for name in named_by_connection(headers).iter().chain(&HOP_BY_HOP).chain(&NOT_FOR_CLIENTS) {
        headers.remove(name);
    }
}

/// The headers that an answer's `Connection` header calls its own (RFC 9110 §7.6.1).
fn named_by_connection(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(CONNECTION).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

/// A refusal, in the words of the venue's dialect or, where there is no venue, in our own.
pub(crate) fn refusal(id: RequestId, dialect: Option<&dyn Dialect>, denied: &Denied) -> Response<Body> {
    let denial =
        Denial { kind: kind(denied.reason), detail: &denied.detail, retry_after_s: denied.retry_after_s };
    let answer = dialect.map_or_else(|| plain(denied), |dialect| dialect.deny(&denial));
    let mut response = Response::new(Either::Right(Full::new(Bytes::from(answer.body))));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    headers.insert(REASON, HeaderValue::from_static(denied.reason.code()));
    if let Some(seconds) = denied.retry_after_s {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    name_request(headers, id);
    response
}

/// A refusal of what is not sound HTTP, in our own words: nobody knows yet whom it was for.
pub(crate) fn unsound(id: RequestId, why: Unsound) -> Response<Body> {
    let mut response = refusal(id, None, &Denied::from(why));
    *response.status_mut() = StatusCode::from_u16(why.status()).unwrap_or(StatusCode::BAD_REQUEST);
    response
}

/// The answer to a browser that asks whether a page may send a key.
pub(crate) fn preflight(id: RequestId, headers: HeaderMap) -> Response<Body> {
    let mut response = Response::new(Either::Right(Full::default()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    *response.headers_mut() = headers;
    name_request(response.headers_mut(), id);
    response
}

/// A small document of Keyward's own.
pub(crate) fn document(id: RequestId, content_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Either::Right(Full::new(Bytes::from(text))));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    name_request(response.headers_mut(), id);
    response
}

fn name_request(headers: &mut HeaderMap, id: RequestId) {
    if let Ok(value) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
}

fn plain(denied: &Denied) -> Answer {
    let status = if denied.reason == Reason::VenueUnknown { 404 } else { 400 };
    let body = serde_json::json!({ "code": denied.reason.code(), "detail": denied.detail });
    Answer { status, body: body.to_string() }
}

/// What a reason must mean to the client's library.
fn kind(reason: Reason) -> DenialKind {
    match reason {
        Reason::KeyMissing
        | Reason::KeyUnknown
        | Reason::TooManyFailures
        | Reason::KeySuspended
        | Reason::KeyRevoked
        | Reason::KeyExpired
        | Reason::KeyNotYetValid => DenialKind::BadKey,
        Reason::SignatureMissing | Reason::SignatureInvalid => DenialKind::BadSignature,
        Reason::TimestampMissing
        | Reason::TimestampStale
        | Reason::TimestampAhead
        | Reason::WindowTooWide
        | Reason::Replayed => DenialKind::BadTime,
        Reason::AddressDenied
        | Reason::AddressNotAllowed
        | Reason::AddressUnknown
        | Reason::OriginMissing
        | Reason::OriginNotAllowed => DenialKind::AddressNotAllowed,
        Reason::VenueNotGranted
        | Reason::PermissionMissing
        | Reason::Publishable
        | Reason::Killed
        | Reason::Held
        | Reason::HoldDenied
        | Reason::SymbolNotAllowed
        | Reason::SymbolUnreadable => DenialKind::NotPermitted,
        Reason::EndpointUnknown => DenialKind::EndpointUnknown,
        Reason::RateLimited | Reason::VenueRateLimited => DenialKind::RateLimited,
        Reason::VaultSealed
        | Reason::RestoreLocked
        | Reason::AuditUnavailable
        | Reason::Unavailable
        | Reason::DatabaseGone
        | Reason::ClockUncertain
        | Reason::CredentialUnusable
        | Reason::CredentialBusy
        | Reason::NonceUnavailable => DenialKind::Unavailable,
        Reason::VenueUnreachable => DenialKind::VenueDown,
        Reason::OutcomeUnknown => DenialKind::OutcomeUnknown,
        _ => DenialKind::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spoke_of_the_exchanges_connection_or_is_not_for_clients_does_not_leave() {
        let mut answer = Response::builder()
            .header("connection", "keep-alive, X-Per-Hop")
            .header("x-per-hop", "1")
            .header("transfer-encoding", "chunked")
            .header("content-length", "5")
            .header("set-cookie", "session=of-the-real-account")
            .header("alt-svc", "h3=\":443\"")
            .header("keyward-reason", "forged")
            .header("x-mbx-used-weight-1m", "20")
            .body(())
            .unwrap();
        clean(answer.headers_mut());
        let left: Vec<_> = answer.headers().keys().collect();
        assert_eq!(left, ["x-mbx-used-weight-1m"]);
    }
}
