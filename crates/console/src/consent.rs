//! `/consents`: changes that take a second operator, with what would change; they stand on the page of approvals.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{Redirect, Response};
use axum::routing::get;
use jiff::Timestamp;
use keyward_control::Control;
use keyward_control::operation::consent::take::Done;
use keyward_control::operation::consent::{ConsentView, give, list, refuse, show, take};
use keyward_policy::{Actor, ConsentId, Operation};

use crate::Shared;
use crate::done;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::key::issued;
use crate::moment::Moment;
use crate::parts::{Badge, Tone};
use crate::problem::Failure;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/consents/{consent}", get(show_one))
        .route("/consents/{consent}/give", get(back).post(agree))
        .route("/consents/{consent}/refuse", get(back).post(do_not))
        .route("/consents/{consent}/use", get(back).post(carry_out))
}

/// A change that waits, as a page shows it.
pub(crate) struct Row {
    pub(crate) consent: ConsentView,
    pub(crate) state: Badge,
    pub(crate) asked: Moment,
    pub(crate) until: Moment,
}

impl Row {
    fn of(consent: ConsentView, now: Timestamp) -> Self {
        let state = match consent.given_by {
            None => Badge::new(Tone::Warn, "waits"),
            Some(_) => Badge::new(Tone::Good, "agreed, not done yet"),
        };
        let (asked, until) = (Moment::new(consent.asked_at, now), Moment::new(consent.expires_at, now));
        Self { consent, state, asked, until }
    }

    /// Everything that waits.
    pub(crate) async fn all(control: &Control, actor: &Actor) -> Result<Vec<Self>, keyward_control::Error> {
        let waiting = list::list(control, actor).await?.items;
        Ok(waiting.into_iter().map(|consent| Self::of(consent, control.now())).collect())
    }
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Page {
    frame: Frame,
    row: Row,
    is_mine: bool,
    may_give: bool,
    may_refuse: bool,
}

async fn show_one(control: Shared, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let (within, actor) = (Arc::clone(&control), visitor.actor.clone());
    let consent = finish(async move { show::show(&within, &actor, &id).await }).await?;
    let is_mine = consent.asked_by == visitor.actor.name;
    Ok(html(&Page {
        is_mine,
        may_give: !is_mine && consent.given_by.is_none() && visitor.may(Operation::ConsentGive),
        may_refuse: visitor.may(Operation::ConsentRefuse),
        row: Row::of(consent, control.now()),
        frame: Frame::new(visitor, Section::Approvals, "A change that takes two"),
    }))
}

/// Whoever showed his second factor on the way comes back to what he looked at.
async fn back(_: Visitor, Path(id): Path<String>) -> Redirect {
    let known = id.parse::<ConsentId>().map(|id| format!("/consents/{id}"));
    Redirect::to(known.as_deref().unwrap_or("/approvals"))
}

async fn agree(
    control: Shared,
    Path(id): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { give::give(&control, &visitor.actor, &id).await }).await?;
    Ok(done::lead_to("/approvals", "agreed"))
}

async fn do_not(
    control: Shared,
    Path(id): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { refuse::refuse(&control, &visitor.actor, &id).await }).await?;
    Ok(done::lead_to("/approvals", "not-agreed"))
}

async fn carry_out(
    control: Shared,
    Path(id): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let done = finish(async move { take::take(&control, &actor, &id).await }).await?;
    Ok(match done {
        Done::Issued(created) => issued::page(visitor, &created),
        Done::Changed(key) => done::lead_to(&format!("/keys/{}", key.id), "changed"),
        Done::Project(_) => done::lead_to("/projects", "project-changed"),
    })
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;
    use crate::form::TOKEN;

    #[tokio::test]
    async fn what_moves_money_waits_for_another_operator_and_is_then_carried_out_once() {
        let fixture = Fixture::new().await;
        fixture.join("ada", "owner").await;
        let mut grace = fixture.join("grace", "owner").await;
        fixture.places().await;
        fixture
            .post("/projects/new", &[("name", "desk"), ("four_eyes", "yes"), ("rotate_after_days", "90")])
            .await;
        let form = [
            ("name", "payouts"),
            ("project", "desk"),
            ("credential", "main"),
            ("allow", "withdraw"),
            ("ip", "203.0.113.7"),
            ("expires", "30d"),
            ("preset", "custom"),
            ("step", "issue"),
        ];
        let asked = fixture.post("/keys/new", &form).await;
        assert_eq!(asked.location(), "/approvals?done=asked", "{}", asked.body);
        let page = fixture.get(asked.location()).await;
        page.is_sound();
        let link = page.link_to("/consents/con_");
        let page = fixture.get(&link).await;
        page.is_sound();
        assert!(page.body.contains("It may: withdraw") && !page.body.contains("/give\""), "{}", page.body);
        assert_eq!(fixture.post(&format!("{link}/give"), &[]).await.status, 403);
        assert_eq!(fixture.post(&format!("{link}/use"), &[]).await.status, 409);
        let hers = grace.get("/keys").await;
        assert!(hers.body.contains("<span class=\"count\">1</span>"));
        let page = grace.get(&link).await;
        let form = [(TOKEN, page.csrf())];
        assert_eq!(grace.post(&format!("{link}/give"), &form).await.location(), "/approvals?done=agreed");
        assert_eq!(grace.post(&format!("{link}/use"), &form).await.status, 403);
        let issued = fixture.post(&format!("{link}/use"), &[]).await;
        issued.is_sound();
        assert!(issued.body.contains("kws"), "{}", issued.body);
        assert_eq!(fixture.post(&format!("{link}/use"), &[]).await.status, 404);
    }
}
