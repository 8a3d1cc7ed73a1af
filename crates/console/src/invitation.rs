//! `/invitation/…`: whoever has the link chooses a password, and is in.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use keyward_control::api::status;
use keyward_control::operation::operator::accept::{self, Accept, Opened};
use keyward_control::{Caller, Code, Control, Error};
use keyward_policy::Fault;

use crate::Shared;
use crate::finish::finish;
use crate::frame::{Frame, html};
use crate::problem::Failure;
use crate::session::{Told, Who, with_session};
use crate::sign_in::Problem;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/invitation/{invitation}", get(ask).post(take))
}

#[derive(Template)]
#[template(path = "invitation.html")]
struct Page {
    frame: Frame,
    opened: Opened,
    /// What people call the identity provider, and where one is sent to it, where there is one.
    provider: Option<(String, String)>,
    problem: Option<Problem>,
}

async fn ask(control: Shared, Who(caller): Who, Path(link): Path<String>) -> Result<Response, Failure> {
    Ok(html(&page(&control, &caller, &link, None).await?))
}

async fn page(
    control: &Shared,
    caller: &Caller,
    link: &str,
    problem: Option<Problem>,
) -> Result<Page, Error> {
    let name = control.provider_name().map(str::to_owned);
    let provider = name.map(|name| (name, format!("/invitation/{link}/oidc")));
    let (control, caller, link) = (control.clone(), caller.clone(), link.to_owned());
    let opened = finish(async move { accept::open(&control, &caller, &link).await }).await?;
    Ok(Page { frame: Frame::perhaps(None, "Welcome to Keyward"), opened, provider, problem })
}

async fn take(
    control: Shared,
    Path(link): Path<String>,
    Told(caller, form): Told,
) -> Result<Response, Failure> {
    let agrees = form.agrees("password", "again");
    let password = form.secret("password")?;
    let (within, whom, invitation) = (control.clone(), caller.clone(), link.clone());
    let begun = finish(async move {
        let password = password.filter(|_| agrees);
        let password = password.ok_or_else(|| {
            Error::new(Code::PasswordWeak, "the two passwords differ, or there is none")
                .hint("type the same twice")
        })?;
        accept::accept(&within, &whom, Accept { invitation, password }).await
    });
    match begun.await {
        Ok(begun) => Ok(with_session(&begun, Redirect::to("/second-factor"))),
        Err(error)
            if error.code() != Code::InvitationInvalid && error.code().kind().fault() == Fault::Caller =>
        {
            let page = html(&page(&control, &caller, &link, Some(Problem::of(&error))).await?);
            Ok((status(error.code().kind()), page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, OWN};

    #[tokio::test]
    async fn a_link_makes_an_operator_once_who_then_adds_a_device() {
        let fixture = Fixture::new().await;
        let link = fixture.invite("grace", "owner").await;
        let page = fixture.get_as_nobody(&link).await;
        page.is_sound_for_nobody();
        assert!(page.body.contains("grace") && page.body.contains("owner"));
        let weak = fixture.post_as_nobody(&link, "password=short&again=short", &OWN).await;
        weak.is_sound_for_nobody();
        assert!(weak.body.contains("shorter than 12"), "{}", weak.body);
        let differ = fixture.post_as_nobody(&link, "password=otter+violin+granite&again=x", &OWN).await;
        assert!(differ.body.contains("differ"));
        let good = "password=otter+violin+granite+seven&again=otter+violin+granite+seven";
        let taken = fixture.post_as_nobody(&link, good, &OWN).await;
        assert_eq!((taken.status, taken.location()), (303, "/second-factor"), "{}", taken.body);
        assert!(taken.header("set-cookie").starts_with("__Host-"));
        assert_eq!(fixture.get_as_nobody(&link).await.status, 404);
    }
}
