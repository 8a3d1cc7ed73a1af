//! `/account`: one's own sessions, password and second factor.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use keyward_control::operation::identity::{self, IdentityView};
use keyward_control::operation::session::list::SessionView;
use keyward_control::operation::session::{self, password};
use keyward_control::{Code, Control, Error};

use crate::Shared;
use crate::done;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::moment::Moment;
use crate::overview::After;
use crate::passkey;
use crate::problem::Failure;
use crate::session::{Own, OwnPosted};
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/account", get(show))
        .route("/account/password", get(ask_password).post(change_password))
        .route("/account/sessions/end-others", post(end_others))
        .route("/account/sessions/{id}/end", post(end))
}

#[derive(Template)]
#[template(path = "account.html")]
struct Page {
    frame: Frame,
    name: String,
    role: &'static str,
    projects: Vec<String>,
    fresh: Option<Moment>,
    passkeys: Vec<passkey::Row>,
    identity: IdentityView,
    /// Since when he is linked.
    linked: Option<Moment>,
    sessions: Vec<Row>,
}

/// A session in the table.
struct Row {
    session: SessionView,
    begun: Moment,
    seen: Moment,
}

#[derive(Template)]
#[template(path = "password.html")]
struct Asking {
    frame: Frame,
}

async fn show(
    control: Shared,
    visitor: Visitor,
    own: Own,
    Query(after): Query<After>,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let sessions = session::list::list(&control, &own.0.session).await?;
        let row = |session: SessionView| Row {
            begun: Moment::new(session.created_at, now),
            seen: Moment::new(session.seen_at, now),
            session,
        };
        let identity = identity::show(&control, &own.0.session).await?;
        Ok(Page {
            linked: identity.linked_at.map(|at| Moment::new(at, now)),
            identity,
            name: visitor.name().to_owned(),
            role: visitor.role(),
            projects: own.0.session.projects(&control).await?,
            fresh: visitor.fresh_until.map(|until| Moment::new(until, now)),
            passkeys: passkey::rows(&control, &own).await?,
            sessions: sessions.into_iter().map(row).collect(),
            frame: Frame::new(visitor, Section::Account, "Your account").after(after.done.as_deref()),
        })
    });
    Ok(html(&page.await?))
}

async fn ask_password(control: Shared, visitor: Visitor, own: Own) -> Result<Response, Failure> {
    finish(async move { password::ask(&control, &own.0.session).await }).await?;
    Ok(html(&Asking { frame: Frame::new(visitor, Section::Account, "Change your password") }))
}

async fn change_password(
    control: Shared,
    OwnPosted(own, caller, form): OwnPosted,
) -> Result<Response, Failure> {
    let missing = || Error::new(Code::PasswordWeak, "a password is missing, or the two new ones differ");
    let agrees = form.agrees("new", "again");
    let (old, new) = (form.secret("old")?, form.secret("new")?.filter(|_| agrees));
    let (old, new) = old.zip(new).ok_or_else(missing)?;
    let input = password::Change { old, new };
    finish(async move { password::change(&control, &caller, &own.0.session, input).await }).await?;
    Ok(done::lead_to("/account", "password-changed"))
}

async fn end(
    control: Shared,
    Path(id): Path<String>,
    OwnPosted(own, ..): OwnPosted,
) -> Result<Response, Failure> {
    finish(async move { session::end::end(&control, &own.0.session, &id).await }).await?;
    Ok(done::lead_to("/account", "session-ended"))
}

async fn end_others(control: Shared, OwnPosted(own, ..): OwnPosted) -> Result<Response, Failure> {
    finish(async move { session::end::end_others(&control, &own.0.session).await }).await?;
    Ok(done::lead_to("/account", "sessions-ended"))
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, PASSWORD};
    use crate::form::TOKEN;

    #[tokio::test]
    async fn somebody_joins_looks_after_his_sign_in_and_leaves() {
        let fixture = Fixture::new().await;
        let mut ada = fixture.join("ada", "owner").await;
        ada.get("/").await.is_whole();
        let page = ada.get("/account").await;
        page.is_whole();
        assert!(page.body.contains("203.0.113.1") && page.body.contains("this one"), "{}", page.body);
        let csrf = page.csrf().to_owned();
        let ended = ada.post("/account/sessions/end-others", &[(TOKEN, &csrf)]).await;
        assert_eq!(ended.location(), "/account?done=sessions-ended");
        ada.get("/account/password").await.is_whole();
        let new = "seven granite violin otters";
        let form = [("old", PASSWORD), ("new", new), ("again", new), (TOKEN, &csrf)];
        assert_eq!(ada.post("/account/password", &form).await.location(), "/account?done=password-changed");
        ada.get("/second-factor/recovery-codes").await.is_whole();
        let codes = ada.post("/second-factor/recovery-codes", &[(TOKEN, &csrf)]).await;
        codes.is_whole();
        assert!(codes.body.contains("Recovery codes"));
        assert_eq!(ada.post("/sign-out", &[(TOKEN, &csrf)]).await.location(), "/sign-in");
        assert_eq!(ada.get("/account").await.location(), "/sign-in?then=%2Faccount");
    }

    #[tokio::test]
    async fn without_a_second_factor_there_is_nothing_but_to_add_one() {
        let fixture = Fixture::new().await;
        let link = fixture.invite("ada", "owner").await;
        let mut ada = fixture.browser();
        ada.post(&link, &[("password", PASSWORD), ("again", PASSWORD)]).await;
        for path in ["/", "/keys", "/account", "/people", "/kill", "/step-up"] {
            assert_eq!(ada.get(path).await.location(), "/second-factor", "{path}");
        }
    }

    #[tokio::test]
    async fn a_form_of_another_session_is_refused() {
        let fixture = Fixture::new().await;
        let mut ada = fixture.join("ada", "owner").await;
        let mut eve = fixture.join("eve", "owner").await;
        let csrf = eve.get("/account").await.csrf().to_owned();
        for path in ["/sign-out", "/account/password", "/step-up", "/second-factor", "/projects/new", "/kill"]
        {
            assert_eq!(ada.post(path, &[(TOKEN, &csrf), ("name", "x")]).await.status, 403, "{path}");
        }
    }
}
