//! `/approvals`: what waits for an operator, with the facts by which he decides.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use keyward_control::Control;
use keyward_control::operation::approval::{ApprovalView, decide, list, show};
use keyward_policy::{ApprovalState, Operation, OrderFact};

use crate::Shared;
use crate::confirm::Confirm;
use crate::consent;
use crate::done;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::moment::Moment;
use crate::parts::{Badge, Tone};
use crate::problem::Failure;
use crate::project::Seen;
use crate::visitor::Visitor;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/approvals", get(show_all))
        .route("/approvals/{approval}", get(show_one))
        .route("/approvals/{approval}/approve", get(ask_approval).post(approve))
        .route("/approvals/{approval}/deny", get(ask_denial).post(deny))
}

/// An approval as a page shows it.
struct Row {
    approval: ApprovalView,
    state: Badge,
    since: Moment,
    until: Moment,
    facts: Vec<Vec<(&'static str, String)>>,
}

impl Row {
    fn of(approval: ApprovalView, now: Timestamp) -> Self {
        let state = match approval.state {
            ApprovalState::Waiting => Badge::new(Tone::Warn, "waits"),
            ApprovalState::Approved => Badge::new(Tone::Good, "approved, not sent yet"),
        };
        let (since, until) = (Moment::new(approval.since, now), Moment::new(approval.until, now));
        let facts = approval.facts.iter().map(named).collect();
        Self { approval, state, since, until, facts }
    }

    fn waits(&self) -> bool {
        self.approval.state == ApprovalState::Waiting
    }

    /// The first order or movement in a line, and how many more there are.
    fn line(&self) -> String {
        let words = |facts: &Vec<(&str, String)>| {
            facts.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ")
        };
        match &*self.facts {
            [] => String::new(),
            [one] => words(one),
            [one, more @ ..] => format!("{}, and {} more", words(one), more.len()),
        }
    }
}

/// What an order or a movement says, by the names that people have for it.
fn named(fact: &OrderFact<'_>) -> Vec<(&'static str, String)> {
    let said = [
        ("Side", &fact.side),
        ("Type", &fact.kind),
        ("Quantity", &fact.quantity),
        ("For", &fact.quote_quantity),
        ("Asset", &fact.asset),
        ("Market", &fact.symbol),
        ("Price", &fact.price),
        ("To", &fact.to),
        ("Client's id", &fact.client_id),
    ];
    let said = said.into_iter().filter_map(|(name, value)| Some((name, value.as_deref()?.to_owned())));
    said.collect()
}

#[derive(Template)]
#[template(path = "approvals.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    consents: Vec<consent::Row>,
}

#[derive(Template)]
#[template(path = "approval.html")]
struct One {
    frame: Frame,
    row: Row,
    may_approve: bool,
    may_deny: bool,
}

async fn show_all(control: Shared, visitor: Visitor, Query(seen): Query<Seen>) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let waiting = list::list(&control, &visitor.actor).await?.items;
        let rows = waiting.into_iter().map(|approval| Row::of(approval, now)).collect();
        let consents = consent::Row::all(&control, &visitor.actor).await?;
        Ok(Page {
            rows,
            consents,
            frame: Frame::new(visitor, Section::Approvals, "Approvals").after(Some(&seen.done)),
        })
    });
    Ok(html(&page.await?))
}

async fn show_one(control: Shared, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    let page = finish(async move {
        let row = Row::of(show::show(&control, &visitor.actor, &id).await?, control.now());
        Ok(One {
            may_approve: row.waits() && visitor.may(Operation::ApprovalApprove),
            may_deny: visitor.may(Operation::ApprovalDeny),
            frame: Frame::new(visitor, Section::Approvals, format!("Approval for {}", row.approval.key)),
            row,
        })
    });
    Ok(html(&page.await?))
}

/// Whoever had to show his second factor first comes back to this.
async fn ask_approval(
    control: Shared,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let effects =
        ["It is sent once: at once if the client still waits, otherwise when it sends the same again."];
    question(control, visitor, id, "Approve", &effects).await
}

async fn ask_denial(control: Shared, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Failure> {
    question(control, visitor, id, "Deny", &["Nothing is sent, and the client is told so."]).await
}

async fn question(
    control: Shared,
    visitor: Visitor,
    id: String,
    verb: &str,
    effects: &[&str],
) -> Result<Response, Failure> {
    let (within, actor) = (Arc::clone(&control), visitor.actor.clone());
    let shown = finish(async move { show::show(&within, &actor, &id).await }).await?;
    let row = Row::of(shown, control.now());
    let what =
        format!("{} {} on {}: {}.", row.approval.key, row.approval.needs, row.approval.venue, row.line());
    let effects = std::iter::once(what).chain(effects.iter().map(|effect| (*effect).to_owned())).collect();
    let confirm = Confirm {
        frame: Frame::new(visitor, Section::Approvals, format!("{verb} this?")),
        effects,
        button: verb.to_owned(),
        is_danger: false,
        ticked: None,
        fields: Vec::new(),
        back: format!("/approvals/{}", row.approval.id),
    };
    Ok(confirm.page())
}

async fn approve(
    control: Shared,
    Path(id): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let approved = finish(async move { decide::approve(&control, &visitor.actor, &id).await }).await?;
    Ok(done::lead_to("/approvals", if approved.connected { "approved" } else { "approved-to-be-sent" }))
}

async fn deny(
    control: Shared,
    Path(id): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    finish(async move { decide::deny(&control, &visitor.actor, &id).await }).await?;
    Ok(done::lead_to("/approvals", "denied"))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn what_waits_is_counted_shown_and_decided() {
        let fixture = Fixture::new().await;
        fixture.get("/approvals").await.is_sound();
        let id = fixture.held("treasury").await;
        assert!(fixture.get("/keys").await.body.contains("<span class=\"count\">1</span>"));
        for path in ["/approvals".to_owned(), format!("/approvals/{id}"), format!("/approvals/{id}/approve")]
        {
            let page = fixture.get(&path).await;
            page.is_sound();
            for fact in ["bc1q", "0.5", "treasury"] {
                assert!(page.body.contains(fact), "{path} lacks {fact}: {}", page.body);
            }
        }
        let page = fixture.post(&format!("/approvals/{id}/approve"), &[]).await;
        assert_eq!(page.location(), "/approvals?done=approved");
        fixture.get(page.location()).await.is_sound();
        let page = fixture.get(&format!("/approvals/{id}")).await;
        assert!(page.body.contains("approved, not sent yet") && !page.body.contains("/approve\""));
        let page = fixture.post(&format!("/approvals/{id}/deny"), &[]).await;
        assert_eq!(page.location(), "/approvals?done=denied");
        assert_eq!(fixture.get(&format!("/approvals/{id}")).await.status, 404);
    }

    #[tokio::test]
    async fn who_has_not_shown_his_second_factor_is_led_there_and_back() {
        let fixture = Fixture::new().await.with(Role::Trader, false);
        let id = fixture.held("treasury").await;
        let page = fixture.post(&format!("/approvals/{id}/approve"), &[]).await;
        assert!(page.location().starts_with("/step-up?then=%2Fapprovals%2Fapr_"), "{}", page.location());
    }

    #[tokio::test]
    async fn who_only_looks_sees_what_waits_and_has_no_button() {
        let fixture = Fixture::new().await.with(Role::Viewer, true);
        let id = fixture.held("treasury").await;
        let page = fixture.get(&format!("/approvals/{id}")).await;
        page.is_sound();
        assert!(!page.body.contains("/deny\""), "{}", page.body);
        assert_eq!(fixture.post(&format!("/approvals/{id}/deny"), &[]).await.status, 403);
    }
}
