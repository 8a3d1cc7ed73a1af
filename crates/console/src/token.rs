//! `/tokens`: what programs show in place of a person's sign-in.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use keyward_control::Control;
use keyward_control::operation::token::create::{Create, Created, create};
use keyward_control::operation::token::{TokenView, list, revoke};
use keyward_policy::{Operation, Role};

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::key::projects;
use crate::moment::Moment;
use crate::parts::Choice;
use crate::people::roles;
use crate::problem::Failure;
use crate::project::Seen;
use crate::visitor::Visitor;

/// When a token may end.
const ENDS: [(&str, &str); 4] =
    [("7d", "In 7 days"), ("30d", "In 30 days"), ("90d", "In 90 days"), ("365d", "In a year")];

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/tokens", get(show_all))
        .route("/tokens/new", get(ask).post(make))
        .route("/tokens/{token}/revoke", get(ask_end).post(end))
}

#[derive(Template)]
#[template(path = "tokens.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    next: Option<String>,
    may_create: bool,
    may_revoke: bool,
}

struct Row {
    token: TokenView,
    ends: Moment,
    used: Option<Moment>,
}

#[derive(Template)]
#[template(path = "token_form.html")]
struct Asking {
    frame: Frame,
    roles: Vec<Choice>,
    projects: Vec<Choice>,
    ends: Vec<Choice>,
}

/// The one page that shows a new token.
#[derive(Template)]
#[template(path = "token_made.html")]
struct Made {
    frame: Frame,
    created: Created,
}

async fn show_all(control: Shared, visitor: Visitor, Query(seen): Query<Seen>) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let listed = list::list(&control, &visitor.actor, seen.part()).await?;
        let row = |token: TokenView| Row {
            ends: Moment::new(token.expires_at, now),
            used: token.used_at.map(|at| Moment::new(at, now)),
            token,
        };
        Ok(Page {
            rows: listed.items.into_iter().map(row).collect(),
            next: Seen::following("/tokens", listed.next),
            may_create: visitor.may(Operation::TokenCreate),
            may_revoke: visitor.may(Operation::TokenRevoke),
            frame: Frame::new(visitor, Section::Tokens, "API tokens").after(Some(&seen.done)),
        })
    });
    Ok(html(&page.await?))
}

async fn ask(control: Shared, visitor: Visitor) -> Result<Response, Failure> {
    let page = finish(async move {
        let projects = projects(&control, &visitor, "").await?;
        let frame = Frame::new(visitor, Section::Tokens, "New API token");
        let ends = ENDS.map(|(value, label)| Choice::new(value, "90d").called(label)).into();
        Ok(Asking { frame, roles: roles(Role::Viewer), projects, ends })
    });
    Ok(html(&page.await?))
}

async fn make(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let input = Create {
        name: form.text_or_empty("name"),
        role: form.text_or_empty("role"),
        projects: form.texts("project"),
        ip: form.words("ip"),
        expires: form.text("expires"),
    };
    let actor = visitor.actor.clone();
    let created = finish(async move { create(&control, &actor, input).await }).await?;
    let frame = Frame::new(visitor, Section::Tokens, format!("{} is made", created.token.name));
    Ok(html(&Made { frame: frame.with_script("secret.js"), created }))
}

async fn ask_end(visitor: Visitor, Path(_): Path<String>) -> Response {
    let effects = ["Programs that show it are refused from then on.", "It never comes back."];
    Confirm {
        frame: Frame::new(visitor, Section::Tokens, "Revoke this token?"),
        effects: effects.map(str::to_owned).into(),
        button: "Revoke the token".to_owned(),
        is_danger: true,
        ticked: None,
        fields: Vec::new(),
        back: "/tokens".to_owned(),
    }
    .page()
}

async fn end(
    control: Shared,
    Path(token): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { revoke::revoke(&control, &visitor.actor, &token).await }).await?;
    Ok(done::lead_to("/tokens", "token-revoked"))
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_token_is_made_shown_once_and_revoked() {
        let fixture = Fixture::new().await;
        fixture.join("ada", "owner").await; // A token does no more than its maker may.
        fixture.get("/tokens/new").await.is_sound();
        let form = [("name", "ci"), ("role", "viewer"), ("ip", "203.0.113.7"), ("expires", "30d")];
        let page = fixture.post("/tokens/new", &form).await;
        page.is_sound();
        assert!(page.body.contains("kwt_"), "{}", page.body);
        let page = fixture.get("/tokens").await;
        page.is_sound();
        assert!(page.body.contains(">ci<") && !page.body.contains("kwt_"), "{}", page.body);
        fixture.get("/tokens/ci/revoke").await.is_sound();
        assert_eq!(fixture.post("/tokens/ci/revoke", &[]).await.location(), "/tokens?done=token-revoked");
    }
}
