//! Coming in by the firm's identity provider: the way there and back, what is still to be shown, and one's own link.
//!
//! The provider sends browsers back from another site, where a session's cookie is not sent along; so they are answered with
//! a page, and what comes next begins on that. Their own cookie goes along, and is good for this way alone.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use keyward_control::api::{cookie, status};
use keyward_control::operation::identity::{
    self, Begun, Halfway, Returned, Shows, begin_for_invitation, begin_to_link, begin_to_sign_in,
};
use keyward_control::operation::session::SignedIn;
use keyward_control::{Code, Control, Error};

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::passkey::{SCRIPT, assertion};
use crate::problem::{Failure, capital};
use crate::session::{Own, OwnPosted, Told, Who, with_cookie, with_session};
use crate::sign_in::{Problem, Wanted};
use crate::then::checked;

/// The cookie of a browser that was sent to the provider. It comes back from there, so it must be sent from another site.
const COOKIE: &str = "__Host-keyward-oidc";

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/sign-in/oidc", get(leave))
        .route("/sign-in/oidc/done", get(come_back))
        .route("/sign-in/oidc/passkey", post(show_passkey))
        .route("/sign-in/oidc/recovery", post(type_code))
        .route("/sign-in/oidc/first", post(go_on))
        .route("/sign-in/oidc/join", post(join))
        .route("/invitation/{invitation}/oidc", get(leave_invited))
        .route("/account/identity/link", get(leave_to_link).post(link))
        .route("/account/identity/unlink", get(ask_to_unlink).post(unlink))
}

/// What is to be done next by whoever came by the provider.
#[derive(Template)]
#[template(path = "half_way.html")]
struct Page {
    frame: Frame,
    ticket: String,
    /// What people call the provider, as a sentence begins.
    provider: String,
    halfway: Halfway,
    problem: Option<Problem>,
}

async fn leave(control: Shared, Who(_): Who, Query(wanted): Query<Wanted>) -> Result<Response, Failure> {
    let then = checked(&wanted.then).to_owned();
    Ok(away(&finish(async move { begin_to_sign_in(&control, &then).await }).await?))
}

async fn leave_invited(
    control: Shared,
    Who(caller): Who,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    Ok(away(&finish(async move { begin_for_invitation(&control, &caller, &link).await }).await?))
}

async fn leave_to_link(control: Shared, own: Own) -> Result<Response, Failure> {
    Ok(away(&finish(async move { begin_to_link(&control, &own.0.session).await }).await?))
}

/// Sends a browser to the provider. By a link, not by a form: forms lead nowhere else.
fn away(begun: &Begun) -> Response {
    let cookie = format!("{COOKIE}={}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600", begun.cookie);
    with_cookie(&cookie, Redirect::to(&begun.url))
}

async fn come_back(
    State(control): Shared,
    Who(caller): Who,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let said = Form::read(query.unwrap_or_default().as_bytes());
    let returned = Returned {
        code: said.text("code"),
        state: said.text("state"),
        iss: said.text("iss"),
        error: said.text("error"),
    };
    let (kept, arriving) = (cookie(&headers, COOKIE), Arc::clone(&control));
    let arrived = finish(async move {
        let kept = kept.as_ref().map(|kept| kept.as_str());
        identity::arrive(&arriving, &caller, kept, returned).await
    });
    let arrived = arrived.await?;
    let page = Page::of(&control, arrived.ticket.text(), arrived.halfway, None);
    let spent = format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0");
    Ok(with_cookie(&spent, html(&page)))
}

impl Page {
    fn of(control: &Control, ticket: &str, halfway: Halfway, problem: Option<Problem>) -> Self {
        let title = match &halfway {
            Halfway::SignIn { .. } => "Sign in",
            Halfway::Invitation { .. } => "Welcome to Keyward",
            Halfway::Link { .. } => "Link your account",
        };
        let frame = Frame::perhaps(None, title).with_script(SCRIPT);
        let provider = capital(control.provider_name().unwrap_or_default());
        Self { frame, ticket: ticket.to_owned(), provider, halfway, problem }
    }
}

async fn show_passkey(State(control): Shared, Told(caller, form): Told) -> Result<Response, Failure> {
    let (ticket, input) = (form.text_or_empty("ticket"), assertion(&form));
    let then = wanted(&control, &ticket).await?;
    let (within, shown) = (Arc::clone(&control), ticket.clone());
    let begun =
        finish(async move { identity::enter_by_passkey(&within, &caller, &shown, input).await }).await;
    entered(control, ticket, &then, begun).await
}

async fn type_code(State(control): Shared, Told(caller, form): Told) -> Result<Response, Failure> {
    let (ticket, code) = (form.text_or_empty("ticket"), form.text_or_empty("code"));
    let then = wanted(&control, &ticket).await?;
    let (within, shown) = (Arc::clone(&control), ticket.clone());
    let begun =
        finish(async move { identity::enter_by_recovery_code(&within, &caller, &shown, &code).await }).await;
    entered(control, ticket, &then, begun).await
}

/// Where whoever has this ticket wanted to go.
async fn wanted(control: &Arc<Control>, ticket: &str) -> Result<String, Error> {
    let (within, ticket) = (Arc::clone(control), ticket.to_owned());
    let halfway = finish(async move { identity::halfway(&within, &ticket).await }).await?;
    let then = if let Halfway::SignIn { then, .. } = halfway { then } else { String::new() };
    Ok(checked(&then).to_owned())
}

/// Leads on; or shows the page again to who was wrong, and may try again.
async fn entered(
    control: Arc<Control>,
    ticket: String,
    then: &str,
    begun: Result<SignedIn, Error>,
) -> Result<Response, Failure> {
    let error = match begun {
        Ok(begun) => return Ok(with_session(&begun, Redirect::to(then))),
        Err(error) => error,
    };
    if !matches!(error.code(), Code::PasskeyRefused | Code::CodeWrong | Code::TooManyAttempts) {
        return Err(error.into());
    }
    let (within, shown) = (Arc::clone(&control), ticket.clone());
    let halfway = finish(async move { identity::halfway(&within, &shown).await }).await?;
    let page = Page::of(&control, &ticket, halfway, Some(Problem::of(&error)));
    Ok((status(error.code().kind()), html(&page)).into_response())
}

async fn go_on(control: Shared, Told(caller, form): Told) -> Result<Response, Failure> {
    let ticket = form.text_or_empty("ticket");
    let begun = finish(async move { identity::enter_to_add_passkey(&control, &caller, &ticket).await });
    Ok(with_session(&begun.await?, Redirect::to("/second-factor")))
}

async fn join(control: Shared, Told(caller, form): Told) -> Result<Response, Failure> {
    let ticket = form.text_or_empty("ticket");
    let begun = finish(async move { identity::join(&control, &caller, &ticket).await });
    Ok(with_session(&begun.await?, Redirect::to("/second-factor")))
}

/// The page before had no session to take a token from: the ticket stands for it.
async fn link(control: Shared, own: Own, Told(_, form): Told) -> Result<Response, Failure> {
    let ticket = form.text_or_empty("ticket");
    finish(async move { identity::link(&control, &own.0.session, &ticket).await }).await?;
    Ok(done::lead_to("/account", "linked"))
}

async fn ask_to_unlink(own: Own) -> Response {
    Confirm {
        frame: Frame::of_session(&own, "Unlink your identity provider?"),
        effects: vec![
            "You sign in with your password or a passkey alone from then on.".to_owned(),
            "Your sessions go on.".to_owned(),
        ],
        button: "Unlink".to_owned(),
        is_danger: false,
        ticked: None,
        fields: Vec::new(),
        back: "/account".to_owned(),
    }
    .page()
}

async fn unlink(control: Shared, OwnPosted(own, ..): OwnPosted) -> Result<Response, Failure> {
    finish(async move { identity::unlink(&control, &own.0.session).await }).await?;
    Ok(done::lead_to("/account", "unlinked"))
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, OWN, PASSWORD};
    use crate::form::TOKEN;

    #[tokio::test]
    async fn without_a_provider_no_page_speaks_of_one() {
        let fixture = Fixture::new().await;
        assert!(!fixture.get_as_nobody("/sign-in").await.body.contains("oidc"));
        let link = fixture.invite("grace", "trader").await;
        assert!(!fixture.get_as_nobody(&link).await.body.contains("oidc"));
        let page = fixture.get_as_nobody("/sign-in/oidc").await;
        assert_eq!(page.status, 404);
        page.is_sound_for_nobody();
        let mut ada = fixture.join("ada", "owner").await;
        assert!(!ada.get("/account").await.body.contains("Identity provider"));
    }

    #[tokio::test]
    async fn an_invited_person_comes_by_the_provider_and_is_asked_for_a_passkey_alone() {
        let fixture = Fixture::with_provider().await;
        let link = fixture.invite("grace@desk.test", "trader").await;
        let page = fixture.get_as_nobody(&link).await;
        page.is_sound_for_nobody();
        assert!(page.body.contains("Desk ID"), "{}", page.body);
        let mut grace = fixture.browser();
        let page = fixture.round(&mut grace, &page.link_to("/invitation/"), "grace").await;
        page.is_sound_for_nobody();
        assert!(page.body.contains("grace@desk.test") && page.body.contains("trader"), "{}", page.body);
        assert!(page.header("set-cookie").contains("Max-Age=0"));
        let joined = grace.post("/sign-in/oidc/join", &[("ticket", page.ticket())]).await;
        assert_eq!(joined.location(), "/second-factor", "{}", joined.body);
        assert!(joined.header("set-cookie").starts_with("__Host-keyward="));
        let page = grace.get("/second-factor").await;
        page.is_whole();
        assert!(
            page.body.contains("data-passkey=\"create\"") && !page.body.contains("<svg"),
            "{}",
            page.body
        );
        // She comes back before she has one: there is nothing that she could show.
        let mut later = fixture.browser();
        let page = fixture.round(&mut later, "/sign-in/oidc", "grace").await;
        page.is_sound_for_nobody();
        let went_on = later.post("/sign-in/oidc/first", &[("ticket", page.ticket())]).await;
        assert_eq!(went_on.location(), "/second-factor");
    }

    #[tokio::test]
    async fn who_links_himself_needs_a_passkey_and_is_told_so() {
        let fixture = Fixture::with_provider().await;
        let mut ada = fixture.join("ada", "owner").await;
        let page = ada.get("/account").await;
        page.is_whole();
        assert!(page.body.contains("Link Desk ID"), "{}", page.body);
        let refused = ada.get("/account/identity/link").await;
        refused.is_whole();
        assert!(refused.body.contains("passkey_missing") && refused.body.contains("Add a passkey"));
        ada.get("/account/identity/unlink").await.is_whole();
        let csrf = page.csrf().to_owned();
        let unlinked = ada.post("/account/identity/unlink", &[(TOKEN, &csrf)]).await;
        assert!(unlinked.status == 403 && unlinked.body.contains("identity_unknown"), "{}", unlinked.body);
        let linked = ada.post("/account/identity/link", &[("ticket", "made-up")]).await;
        assert!(linked.status == 401 && linked.body.contains("sign_in_expired"), "{}", linked.body);
    }

    #[tokio::test]
    async fn the_way_back_is_for_the_browser_that_went_and_leads_nowhere_else() {
        let fixture = Fixture::with_provider().await;
        let page = fixture.get_as_nobody("/sign-in?then=%2Fkeys").await;
        page.is_sound_for_nobody();
        assert!(page.body.contains("Sign in with Desk ID"), "{}", page.body);
        let sent = fixture.get_as_nobody(&page.link_to("/sign-in/oidc")).await;
        assert_eq!(sent.status, 303);
        assert!(sent.location().starts_with("https://id.test/auth?"), "{}", sent.location());
        let kept = sent.header("set-cookie");
        assert!(
            kept.starts_with("__Host-keyward-oidc=")
                && kept.contains("; Path=/; Secure; HttpOnly; SameSite=Lax")
        );
        for query in ["", "?state=x&code=y", "?error=access_denied", "?state=x&state=y&iss=%00"] {
            let page = fixture.get_as_nobody(&format!("/sign-in/oidc/done{query}")).await;
            assert!(page.status == 401 || page.status == 429, "{query}: {}", page.body);
            page.is_sound_for_nobody();
        }
        for path in ["passkey", "recovery", "first", "join"] {
            let made_up = fixture.post_as_nobody(&format!("/sign-in/oidc/{path}"), "ticket=x", &OWN).await;
            assert_eq!(made_up.status, 401, "{path}: {}", made_up.body);
            let forged = fixture.post_as_nobody(&format!("/sign-in/oidc/{path}"), "ticket=x", &[]).await;
            assert_eq!(forged.status, 403, "{path}");
        }
    }

    #[tokio::test]
    async fn whoever_is_linked_to_nobody_is_told_what_to_do() {
        let fixture = Fixture::with_provider().await;
        let page = fixture.round(&mut fixture.browser(), "/sign-in/oidc", "eve").await;
        page.is_sound_for_nobody();
        assert!(page.status == 403 && page.body.contains("Nobody here is linked"), "{}", page.body);
        assert!(page.body.contains("/sign-in"), "{PASSWORD}");
    }
}
