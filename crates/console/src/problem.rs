//! What did not happen: the page that says what went wrong, and what to do.

use std::sync::Arc;

use askama::Template;
use axum::extract::Request;
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use keyward_control::api::status;
use keyward_control::{Code, Error, Kind};

use crate::done;
use crate::frame::{Frame, html};
use crate::then;
use crate::visitor::Visitor;

/// An operation that did not happen, on its way to the page that says so.
#[derive(Clone)]
pub(crate) struct Failure(Arc<Error>);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(Arc::new(error))
    }
}

impl IntoResponse for Failure {
    /// The page is made by [`show`], which knows who looks.
    fn into_response(self) -> Response {
        let mut response = status(self.0.code().kind()).into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The page of a failure.
#[derive(Template)]
#[template(path = "problem.html")]
struct Page<'a> {
    frame: Frame,
    what: String,
    next: Option<&'a str>,
    code: &'a str,
    remedy: Option<Remedy>,
}

/// Where on these pages it can be mended.
struct Remedy {
    label: &'static str,
    href: &'static str,
}

/// Makes pages of failures. Whoever must show his second factor first is led there, and back; what takes a second operator
/// stands with what waits.
pub(crate) async fn show(request: Request, next: Next) -> Response {
    let visitor = Visitor::among(request.extensions());
    let uri = request.uri().clone();
    let mut response = next.run(request).await;
    let Some(Failure(error)) = response.extensions_mut().remove::<Failure>() else { return response };
    if error.code() == Code::SecondFactorNeeded {
        return Redirect::to(&then::after("/step-up", &uri)).into_response();
    }
    if error.code() == Code::ConsentNeeded {
        return done::lead_to("/approvals", "asked");
    }
    page(&error, visitor)
}

/// Nothing is at this address. What looks for the API is a program, and is told so as programs are.
pub(crate) async fn no_page(uri: Uri) -> Response {
    let error = Error::new(Code::RouteUnknown, "there is no page at this address");
    if uri.path().starts_with("/api/") { error.into_response() } else { Failure::from(error).into_response() }
}

/// The page is only looked at.
pub(crate) async fn no_method() -> Failure {
    Error::new(Code::MethodNotAllowed, "this page does not take what was sent").into()
}

fn page(error: &Error, visitor: Option<Visitor>) -> Response {
    let kind = error.code().kind();
    let status = status(kind);
    if status.is_server_error() {
        let cause = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(code = %error.code(), error = %error, cause, "refused");
    }
    let frame = Frame::perhaps(visitor, title(kind));
    let (what, code) = (sentence(error), error.code().as_str());
    (status, html(&Page { frame, what, next: error.next(), code, remedy: remedy(error.code()) }))
        .into_response()
}

/// What happened, as a sentence.
pub(crate) fn sentence(error: &Error) -> String {
    format!("{}.", capital(&error.to_string()).trim_end_matches('.'))
}

/// A text as a sentence begins.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    first + letters.as_str()
}

const fn title(kind: Kind) -> &'static str {
    match kind {
        Kind::Unknown | Kind::Method => "Not found",
        Kind::Unauthenticated | Kind::Forbidden => "Not allowed",
        Kind::Malformed | Kind::TooLarge | Kind::Invalid => "That cannot be done so",
        Kind::Conflict | Kind::Outdated => "That does not fit",
        Kind::TooMany => "Too often",
        Kind::Venue => "The exchange did not answer as it should",
        Kind::Unavailable => "Not possible now",
        Kind::Internal => "Something broke",
    }
}

const fn remedy(code: Code) -> Option<Remedy> {
    let (label, href) = match code {
        Code::VaultSealed => ("Unseal the vault", "/vault/unseal"),
        Code::VaultMissing => ("Make the vault", "/vault/init"),
        Code::KeyUnknown | Code::KeyAmbiguous | Code::KeyRevoked => ("Go to the keys", "/keys"),
        Code::VenueUnknown => ("Go to the venues", "/venues"),
        Code::CredentialUnknown | Code::ApiKeyMissing => ("Go to the credentials", "/credentials"),
        Code::ProjectUnknown => ("Go to the projects", "/projects"),
        Code::SignInExpired | Code::IdentityRefused | Code::ProviderRequired | Code::IdentityUnknown => {
            ("Go to the sign-in", "/sign-in")
        }
        Code::PasskeyMissing => ("Add a passkey", "/account/passkeys/new"),
        Code::EntryUnknown => ("Go to the audit log", "/audit"),
        _ => return None,
    };
    Some(Remedy { label, href })
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_failure_says_what_happened_and_what_to_do() {
        let fixture = Fixture::new().await;
        let page = fixture.get("/keys/none").await;
        assert_eq!(page.status, 404);
        page.is_sound();
        assert!(page.body.contains("key_unknown") && page.body.contains("Go to the keys"), "{}", page.body);
        let page = fixture.get("/nowhere").await;
        assert_eq!(page.status, 404);
        assert!(page.body.contains("There is no page at this address."));
        assert_eq!(fixture.get("/api/v1/nowhere").await.header("content-type"), "application/problem+json");
        assert_eq!(fixture.post("/keys", &[]).await.status, 405);
    }

    #[tokio::test]
    async fn whoever_must_show_his_second_factor_is_led_there_and_back() {
        let fixture = Fixture::new().await.with(Role::Owner, false);
        let form = [("name", "x"), ("dialect", "binance"), ("mode", "resign")];
        let page = fixture.post("/venues/new", &form).await;
        assert_eq!((page.status, page.location()), (303, "/step-up?then=%2Fvenues%2Fnew"));
    }

    #[test]
    fn a_message_becomes_a_sentence() {
        assert_eq!(sentence(&Error::new(Code::Internal, "it broke")), "It broke.");
        assert_eq!(sentence(&Error::new(Code::Internal, "")), ".");
    }
}
