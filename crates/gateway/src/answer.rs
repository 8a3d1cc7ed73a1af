//! Answers: the exchange's passed on, or a refusal in the exchange's own words. The one mapping from reasons to HTTP.

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use keyward_dialect::{Answer, Denial, DenialKind, Dialect};
use keyward_policy::{Reason, RequestId};

use crate::denied::Denied;

/// A body: passed through, or our own.
pub(crate) type Body = Either<Incoming, Full<Bytes>>;

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

/// The exchange's answer, under the request's id.
pub(crate) fn passed_on(id: RequestId, mut response: Response<Incoming>) -> Response<Body> {
    let headers = response.headers_mut();
    for name in &HOP_BY_HOP {
        headers.remove(name);
    }
    headers.remove(REASON);
    name_request(headers, id);
    response.map(Either::Left)
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

/// A small document of Keyward's own.
pub(crate) fn document(id: RequestId, content_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Either::Right(Full::new(Bytes::from(text))));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    name_request(response.headers_mut(), id);
    response
}

fn name_request(headers: &mut http::HeaderMap, id: RequestId) {
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
        Reason::AddressDenied | Reason::AddressNotAllowed | Reason::AddressUnknown => {
            DenialKind::AddressNotAllowed
        }
        Reason::VenueNotGranted
        | Reason::PermissionMissing
        | Reason::SymbolNotAllowed
        | Reason::SymbolUnreadable => DenialKind::NotPermitted,
        Reason::EndpointUnknown => DenialKind::EndpointUnknown,
        Reason::RateLimited => DenialKind::RateLimited,
        Reason::VaultSealed
        | Reason::AuditUnavailable
        | Reason::Unavailable
        | Reason::ClockUncertain
        | Reason::CredentialUnusable => DenialKind::Unavailable,
        Reason::VenueUnreachable => DenialKind::VenueDown,
        Reason::OutcomeUnknown => DenialKind::OutcomeUnknown,
        _ => DenialKind::Malformed,
    }
}
