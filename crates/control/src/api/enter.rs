//! Answers that give a browser its session, or take it away.

use axum::Json;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::admit::{set_cookie, unset_cookie};
use crate::operation::second_factor::RecoveryCodes;
use crate::operation::session::SignedIn;
use crate::{Error, ShownOnce};

/// What a handler answers by which somebody comes in or goes.
pub(super) type Entered<T> = Result<WithCookie<T>, Error>;

/// An answer, and what becomes of the session's cookie: no script sees it, and nothing else holds it.
pub(super) struct WithCookie<T> {
    cookie: Option<String>,
    body: T,
}

/// What somebody is told who has come in.
#[derive(Serialize, ToSchema)]
pub(super) struct Welcome {
    /// Whether there is a second factor. Without one, nothing can be done but to add it.
    is_enrolled: bool,
}

/// Recovery codes, shown once. Each is good once.
#[derive(Serialize, ToSchema)]
pub(super) struct Codes {
    /// The codes.
    #[schema(value_type = Vec<String>)]
    codes: Vec<ShownOnce>,
}

/// Nothing is left to be said.
#[derive(Serialize, ToSchema)]
pub(super) struct Farewell {}

/// Somebody has come in.
pub(super) fn welcome(begun: &SignedIn) -> WithCookie<Welcome> {
    let cookie = Some(set_cookie(begun.session.text()));
    WithCookie { cookie, body: Welcome { is_enrolled: begun.is_enrolled } }
}

/// Somebody has recovery codes, and another session if the one before is over.
pub(super) fn codes(taken: RecoveryCodes) -> WithCookie<Codes> {
    let cookie = taken.signed_in.map(|begun| set_cookie(begun.session.text()));
    WithCookie { cookie, body: Codes { codes: taken.codes } }
}

/// Somebody has gone.
pub(super) fn farewell() -> WithCookie<Farewell> {
    WithCookie { cookie: Some(unset_cookie()), body: Farewell {} }
}

impl<T: Serialize> IntoResponse for WithCookie<T> {
    fn into_response(self) -> Response {
        let cookie = self.cookie.map(|cookie| [(SET_COOKIE, cookie)]);
        match cookie {
            Some(cookie) => (cookie, Json(self.body)).into_response(),
            None => Json(self.body).into_response(),
        }
    }
}
