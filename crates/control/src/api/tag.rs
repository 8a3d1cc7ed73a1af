//! Entity tags (RFC 9110): who has looked before is told when nothing changed, and nobody changes what he has not seen.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use keyward_policy::Actor;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::operation::credential::CredentialView;
use crate::operation::key::{self, KeyView};
use crate::operation::project::ProjectView;
use crate::operation::venue::VenueView;
use crate::{Code, Control, Error};

/// What a handler answers that shows one thing as it is now.
pub(super) type Tagged<T> = Result<Current<T>, Error>;

/// A thing that has a tag.
pub(super) trait Tag: Serialize {
    /// What is another when the thing looks different.
    fn tag(&self) -> String {
        let shown = serde_json::to_vec(self).unwrap_or_default();
        Sha256::digest(&shown).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Tag for VenueView {}
impl Tag for CredentialView {}
impl Tag for ProjectView {}

impl Tag for KeyView {
    /// The revision; and the state and the last use, because those change with time alone.
    fn tag(&self) -> String {
        let state = serde_json::to_value(self.state).ok();
        let state = state.as_ref().and_then(|state| state.as_str()).unwrap_or_default();
        let used = self.last_used_at.map(|at| format!("-{}", at.as_microsecond())).unwrap_or_default();
        format!("{}-{state}{used}", self.revision)
    }
}

/// A thing as it is now, for somebody who may know it already.
pub(super) struct Current<T> {
    what: T,
    known: Known,
}

impl<T: Tag> IntoResponse for Current<T> {
    fn into_response(self) -> Response {
        let tag = format!("\"{}\"", self.what.tag());
        let is_known = self.known.has(&tag);
        let mut response =
            if is_known { StatusCode::NOT_MODIFIED.into_response() } else { Json(self.what).into_response() };
        response.headers_mut().extend(HeaderValue::from_str(&tag).ok().map(|tag| (header::ETAG, tag)));
        response
    }
}

/// The tags that a caller knows (`If-None-Match`).
#[derive(Default)]
pub(super) struct Known(Option<String>);

impl Known {
    /// Shows something to who does not know it yet.
    pub(super) fn or<T>(self, shown: Result<Json<T>, Error>) -> Tagged<T> {
        shown.map(|Json(what)| Current { what, known: self })
    }

    fn has(&self, tag: &str) -> bool {
        let known = self.0.as_deref().unwrap_or_default().split(',').map(str::trim);
        known.map(|one| one.strip_prefix("W/").unwrap_or(one)).any(|one| one == "*" || one == tag)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Known {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        Ok(Self(text(&parts.headers, &header::IF_NONE_MATCH)?.map(str::to_owned)))
    }
}

/// The tag of what a change is meant for (`If-Match`), where the caller says it.
pub(super) struct IfThis(Option<String>);

impl IfThis {
    /// Sees that a thing is still what the caller looked at.
    pub(super) fn check(&self, shown: &impl Tag) -> Result<(), Error> {
        let is_it = |tag: &String| *tag == format!("\"{}\"", shown.tag());
        self.0.as_ref().is_none_or(is_it).then_some(()).ok_or_else(|| {
            Error::new(Code::NotCurrent, "it is no longer what you looked at").hint("look at it again first")
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfThis {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let tag = text(&parts.headers, &header::IF_MATCH)?.filter(|tag| *tag != "*");
        Ok(Self(tag.map(str::to_owned)))
    }
}

/// The revision that a change of a key is meant for (`If-Match`), where the caller says it.
#[derive(Clone, Copy)]
pub(super) struct IfMatch(pub(super) Option<u64>);

impl IfMatch {
    /// Sees that the key is at this revision. Between this look and what follows it may change; [`key::update`] looks in
    /// its own turn, where that would lose something.
    pub(super) async fn of_key(self, control: &Control, actor: &Actor, key: &str) -> Result<(), Error> {
        let Some(expected) = self.0 else { return Ok(()) };
        key::check_revision(key::show::show(control, actor, key).await?.revision, expected)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        let Some(tag) = text(&parts.headers, &header::IF_MATCH)?.filter(|tag| *tag != "*") else {
            return Ok(Self(None));
        };
        let inner = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let revision = inner.and_then(|inner| inner.split('-').next()?.parse().ok());
        let unread = || Error::new(Code::Malformed, "`If-Match` is not the tag of a key");
        revision.map(|revision| Self(Some(revision))).ok_or_else(unread)
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Error> {
    let read = |value: &'h HeaderValue| value.to_str();
    let unread = |_| Error::new(Code::Malformed, format!("the header `{name}` is not text"));
    headers.get(name).map(read).transpose().map_err(unread)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::http::Request;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use crate::fixture::Fixture;

    async fn asked(fixture: &Fixture, method: &str, path: &str, given: (&str, &str)) -> (u16, String) {
        let request =
            Request::builder().method(method).uri(format!("/api/v1{path}")).header(given.0, given.1);
        let request = request.header("content-type", "application/json").extension(fixture.actor.clone());
        let body = match (method, path) {
            ("PATCH", "/projects/bots") => r#"{"rotate_after_days": 30}"#,
            ("PATCH", _) => r#"{"expires": "2d"}"#,
            _ => "",
        };
        let router = crate::api::router(Arc::clone(&fixture.control));
        let response = router.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        (response.status().as_u16(), tag.unwrap_or_default())
    }

    #[tokio::test]
    async fn who_knows_a_thing_is_told_so_until_it_changes() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        for path in ["/keys/bot", "/venues/binance", "/credentials/main", "/projects/bots"] {
            let (status, tag) = asked(&fixture, "GET", path, ("if-none-match", "\"other\"")).await;
            assert_eq!(status, 200, "{path}");
            let weak = format!("\"x\", W/{tag}");
            assert_eq!(asked(&fixture, "GET", path, ("if-none-match", &weak)).await, (304, tag), "{path}");
        }
        fixture.call("POST", "/keys/bot/suspend", Value::Null).await;
        let again = asked(&fixture, "GET", "/keys/bot", ("if-none-match", "\"1-active\"")).await;
        assert_eq!(again, (200, "\"2-suspended\"".to_owned()));
    }

    #[tokio::test]
    async fn a_change_that_was_meant_for_another_state_is_refused() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        let changed = asked(&fixture, "PATCH", "/keys/bot", ("if-match", "\"1-active\"")).await;
        assert_eq!(changed, (200, "\"2-active\"".to_owned()));
        for (method, path) in [
            ("PATCH", "/keys/bot"),
            ("POST", "/keys/bot/suspend"),
            ("POST", "/keys/bot/rotate"),
            ("DELETE", "/keys/bot"),
        ] {
            assert_eq!(asked(&fixture, method, path, ("if-match", "\"1\"")).await.0, 412, "{path}");
        }
        assert_eq!(asked(&fixture, "PATCH", "/keys/bot", ("if-match", "2")).await.0, 400);
        assert_eq!(asked(&fixture, "DELETE", "/keys/bot", ("if-match", "*")).await.0, 200);
    }

    #[tokio::test]
    async fn a_project_is_changed_only_as_it_was_looked_at() {
        let fixture = Fixture::new().await;
        fixture.project("bots").await;
        let (_, tag) = asked(&fixture, "GET", "/projects/bots", ("accept", "*/*")).await;
        assert_eq!(asked(&fixture, "PATCH", "/projects/bots", ("if-match", &tag)).await.0, 200);
        assert_eq!(asked(&fixture, "PATCH", "/projects/bots", ("if-match", &tag)).await.0, 412);
        assert_eq!(asked(&fixture, "PATCH", "/projects/bots", ("if-match", "*")).await.0, 200);
    }

    #[tokio::test]
    async fn a_key_is_changed_through_the_api() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        let changed = fixture.call("PATCH", "/keys/bot", json!({ "symbols": ["BTC/USDT"] })).await;
        assert_eq!((changed.status, &changed.body["symbols"][0]), (200, &json!("BTC/USDT")));
    }
}
