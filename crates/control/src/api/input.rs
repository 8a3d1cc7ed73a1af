//! What a request says: its body, its query, and who sent it.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use keyward_policy::Actor;
use serde::de::DeserializeOwned;
use zeroize::Zeroize;

use crate::{Code, Error};

/// The JSON body of a request; none reads as `{}`. Its bytes are wiped once they are read: they may hold a secret.
pub(super) struct Input<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Input<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let json = is_json(request.headers());
        let body = Bytes::from_request(request, state).await.map_err(|rejection| unreceived(&rejection))?;
        if body.is_empty() {
            return serde_json::from_str("{}").map(Self).map_err(|error| unread(&error));
        }
        if !json {
            return Err(Error::new(Code::Malformed, "the body is not declared as JSON")
                .hint("send the header Content-Type: application/json"));
        }
        let read = serde_json::from_slice(&body).map(Self).map_err(|error| unread(&error));
        wipe(body);
        read
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn unreceived(rejection: &axum::extract::rejection::BytesRejection) -> Error {
    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        return Error::new(Code::TooLarge, "the body is longer than 64 KiB");
    }
    Error::new(Code::Malformed, "the body broke off")
}

/// Overwrites a body that nobody else holds. The connection's own buffer is out of reach, as any HTTP server's is.
fn wipe(body: Bytes) {
    if let Ok(mut bytes) = body.try_into_mut() {
        bytes.zeroize();
    }
}

/// Words what is wrong with a JSON text without repeating its values: one of them may be a secret in a wrong place.
fn unread(error: &serde_json::Error) -> Error {
    let text = error.to_string();
    let named = text.starts_with("missing field") || text.starts_with("unknown field");
    let said = match text.find(", expected ") {
        Some(at) if !named => &text[at + 2..],
        _ if named => &text,
        _ => "not the JSON that this operation reads",
    };
    let at = format!("line {} column {}", error.line(), error.column());
    let said = said.strip_suffix(&format!(" at {at}")).unwrap_or(said);
    Error::new(Code::Malformed, format!("the body cannot be read at {at}: {said}"))
}

/// The parameters of a request.
pub(super) struct Asked<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Query(asked) = Query::from_request_parts(parts, state)
            .await
            .map_err(|rejection| unasked(&rejection.body_text()))?;
        Ok(Self(asked))
    }
}

fn unasked(text: &str) -> Error {
    let why = text.split_once(": ").map_or(text, |(_, why)| why);
    Error::new(Code::Malformed, format!("the query cannot be read: {why}"))
}

/// What a path names.
pub(super) struct Named(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let named = Path::from_request_parts(parts, state).await;
        named.map(|Path(name)| Self(name)).map_err(|_| Error::new(Code::Malformed, "the path is not UTF-8"))
    }
}

/// Who acts: put into the request's extensions by whoever serves the router, who knows his peer.
pub(super) struct Acting(pub(super) Actor);

impl<S: Send + Sync> FromRequestParts<S> for Acting {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let actor = parts.extensions.get::<Actor>().cloned();
        actor.map(Self).ok_or_else(|| Error::new(Code::Unauthenticated, "nobody says who you are"))
    }
}
