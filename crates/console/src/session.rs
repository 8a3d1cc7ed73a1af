//! What a browser shows of its session, and where it is: for the pages on which people come in.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Redirect, Response};
use keyward_control::api::{Held, set_cookie};
use keyward_control::operation::session::SignedIn;
use keyward_control::{Caller, Code, Control, Error};

use crate::form::{self, Form};
use crate::problem::Failure;
use crate::then;

/// Who is at the other end, whether or not he has signed in.
pub(crate) struct Who(pub(crate) Caller);

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let unknown = || Error::new(Code::Unauthenticated, "people sign in at the control port, not here");
        caller.map(Self).ok_or_else(|| unknown().into())
    }
}

/// A session, also one whose operator has no second factor yet.
#[derive(Clone)]
pub(crate) struct Own(pub(crate) Held);

impl<S: Send + Sync> FromRequestParts<S> for Own {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Response> {
        let held = parts.extensions.get::<Held>().cloned();
        held.map(Self).ok_or_else(|| Redirect::to(&then::after("/sign-in", &parts.uri)).into_response())
    }
}

/// A form that such a session's page sent.
pub(crate) struct OwnPosted(pub(crate) Own, pub(crate) Caller, pub(crate) Form);

impl FromRequest<Arc<Control>> for OwnPosted {
    type Rejection = Response;

    async fn from_request(request: Request, control: &Arc<Control>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let own = Own::from_request_parts(&mut parts, control).await?;
        let Who(caller) =
            Who::from_request_parts(&mut parts, control).await.map_err(IntoResponse::into_response)?;
        let form = form::read(Request::from_parts(parts, body), control).await;
        let form = form.map_err(|error| Failure::from(error).into_response())?;
        form.prove(&own.0.session.csrf, control, Some(&own.0))?;
        Ok(Self(own, caller, form))
    }
}

/// A form of somebody who has no session: it changes nothing that he could be made to change, for it says who he is.
pub(crate) struct Told(pub(crate) Caller, pub(crate) Form);

impl<S: Send + Sync> FromRequest<S> for Told {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Who(caller) =
            Who::from_request_parts(&mut parts, state).await.map_err(IntoResponse::into_response)?;
        let form = form::read(Request::from_parts(parts, body), state).await;
        form.map(|form| Self(caller, form)).map_err(|error| Failure::from(error).into_response())
    }
}

/// Gives a browser its session along with an answer.
pub(crate) fn with_session(begun: &SignedIn, answer: impl IntoResponse) -> Response {
    with_cookie(&set_cookie(begun.session.text()), answer)
}

/// An answer with a cookie.
pub(crate) fn with_cookie(cookie: &str, answer: impl IntoResponse) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.insert(SET_COOKIE, value);
    }
    (headers, answer).into_response()
}
