//! `/sign-in`, `/sign-out` and `/step-up`: who somebody is, and that it is still he.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Extension, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use keyward_control::api::{Held, status, unset_cookie};
use keyward_control::operation::operator::list::is_first_run;
use keyward_control::operation::session::{self, Asked, SignIn, StepUp};
use keyward_control::{Code, Control, Error};
use keyward_policy::Fault;
use serde::Deserialize;

use crate::Shared;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::passkey::{SCRIPT, asked};
use crate::problem::{Failure, sentence};
use crate::session::{OwnPosted, Told, with_cookie, with_session};
use crate::then::checked;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/sign-in", get(ask).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/step-up", get(ask_code).post(step_up))
}

/// Where somebody wanted to go.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(crate) then: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    frame: Frame,
    then: String,
    name: String,
    problem: Option<Problem>,
    is_first_run: bool,
    passkey: Option<Asked>,
    /// What people call the identity provider, where there is one.
    provider: Option<String>,
}

#[derive(Template)]
#[template(path = "step_up.html")]
struct Again {
    frame: Frame,
    then: String,
    problem: Option<Problem>,
    passkey: Option<Asked>,
}

/// What was wrong the last time.
pub(crate) struct Problem {
    pub(crate) what: String,
    pub(crate) hint: Option<String>,
}

impl Problem {
    pub(crate) fn of(error: &Error) -> Self {
        Self { what: sentence(error), hint: error.next().map(str::to_owned) }
    }
}

async fn ask(control: Shared, Query(wanted): Query<Wanted>) -> Result<Response, Failure> {
    let counting = control.clone();
    let is_first_run = finish(async move { is_first_run(&counting).await }).await?;
    Ok(html(&Page { is_first_run, ..Page::new(&control, checked(&wanted.then)) }))
}

impl Page {
    fn new(control: &Control, then: &str) -> Self {
        Self {
            frame: Frame::perhaps(None, "Sign in").with_script(SCRIPT),
            then: then.to_owned(),
            name: String::new(),
            problem: None,
            is_first_run: false,
            passkey: session::ask_to_sign_in(control).ok(),
            provider: control.provider_name().map(str::to_owned),
        }
    }
}

/// The page again, for who was not let in; what broke is told elsewhere.
pub(crate) fn refused(
    control: &Control,
    then: &str,
    name: String,
    error: Error,
) -> Result<Response, Failure> {
    if error.code().kind().fault() != Fault::Caller {
        return Err(error.into());
    }
    let page = Page { name, problem: Some(Problem::of(&error)), ..Page::new(control, then) };
    Ok((status(error.code().kind()), html(&page)).into_response())
}

async fn sign_in(control: Shared, Told(caller, form): Told) -> Result<Response, Failure> {
    let (name, then) = (form.text_or_empty("name"), checked(&form.text_or_empty("then")).to_owned());
    let missing = || Error::new(Code::SignInRefused, "the name or the password is wrong");
    let password = form.secret("password")?.ok_or_else(missing);
    let (given, signing) = (name.clone(), control.clone());
    let begun = finish(async move {
        let input = SignIn { name: given, password: password?, code: form.text("code") };
        session::sign_in(&signing, &caller, input).await
    });
    match begun.await {
        Ok(begun) if begun.is_enrolled => Ok(with_session(&begun, Redirect::to(&then))),
        Ok(begun) => Ok(with_session(&begun, Redirect::to("/second-factor"))),
        Err(error) => refused(&control, &then, name, error),
    }
}

async fn sign_out(control: Shared, OwnPosted(own, ..): OwnPosted) -> Result<Response, Failure> {
    finish(async move { session::sign_out(&control, &own.0.session).await }).await?;
    Ok(with_cookie(&unset_cookie(), Redirect::to("/sign-in")))
}

async fn ask_code(
    State(control): Shared,
    visitor: Visitor,
    held: Option<Extension<Held>>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let passkey = finish(async move { asked(&control, held.map(|Extension(held)| held)).await }).await?;
    let frame = Frame::new(visitor, Section::Account, "Show your second factor").with_script(SCRIPT);
    Ok(html(&Again { frame, then: checked(&wanted.then).to_owned(), problem: None, passkey }))
}

async fn step_up(
    control: Shared,
    visitor: Visitor,
    OwnPosted(own, caller, form): OwnPosted,
) -> Result<Response, Failure> {
    let then = checked(&form.text_or_empty("then")).to_owned();
    let input = StepUp { code: form.text_or_empty("code") };
    let shown =
        finish(async move { session::step_up(&control, &caller, &own.0.session, &own.0.shown, input).await });
    match shown.await {
        Ok(()) => Ok(Redirect::to(&then).into_response()),
        Err(error) if error.code().kind().fault() == Fault::Caller => {
            let frame = Frame::new(visitor, Section::Account, "Show your second factor");
            let page = html(&Again { frame, then, problem: Some(Problem::of(&error)), passkey: None });
            Ok((status(error.code().kind()), page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::{Fixture, OWN};

    #[tokio::test]
    async fn the_first_to_come_is_told_how_to_begin() {
        let fixture = Fixture::new().await;
        let page = fixture.get_as_nobody("/sign-in?then=%2Fkeys").await;
        page.is_sound_for_nobody();
        assert!(page.body.contains("keyward operator invite") && page.body.contains("value=\"/keys\""));
    }

    #[tokio::test]
    async fn nobody_is_let_in_by_a_wrong_password_or_led_elsewhere() {
        let fixture = Fixture::new().await;
        let form = "name=%3Cb%3E&password=wrong&then=https%3A%2F%2Fevil.test";
        let page = fixture.post_as_nobody("/sign-in", form, &OWN).await;
        assert!(page.status == 401 || page.status == 403, "{} {}", page.status, page.body);
        page.is_sound_for_nobody();
        assert!(!page.body.contains("evil.test") && !page.body.contains("wrong\""), "{}", page.body);
        assert_eq!(fixture.post_as_nobody("/sign-in", form, &[]).await.status, 403);
    }

    #[tokio::test]
    async fn a_visitor_is_asked_for_a_code_and_no_other_site_is_named() {
        let fixture = Fixture::new().await.with(Role::Owner, false);
        let page = fixture.get("/step-up?then=%2F%2Fevil.test").await;
        page.is_sound();
        assert!(!page.body.contains("evil.test"));
    }
}
