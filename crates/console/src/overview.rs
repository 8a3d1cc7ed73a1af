//! `/`: whether the door is healthy, and what needs somebody.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use keyward_control::operation::audit::tail::{Tail, tail};
use keyward_control::operation::key::KeyView;
use keyward_control::operation::key::list::{Which, list};
use keyward_control::operation::key::safety::{Safety, safety};
use keyward_control::operation::reopen;
use keyward_control::operation::status::{Status, status};
use keyward_control::operation::traffic::traffic;
use keyward_control::operation::vault::State;
use keyward_control::{Control, Error};
use keyward_policy::{Operation, Standing};
use serde::Deserialize;

use crate::Shared;
use crate::audit::row::Row;
use crate::chart::Chart;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::parts::Tone;
use crate::problem::Failure;
use crate::safety::Row as Attention;
use crate::visitor::Visitor;

/// The most keys that are looked at here; the list of keys has all.
const KEYS_MAX: u32 = 1000;
/// The most keys that are named here.
const NAMED_MAX: usize = 12;
/// The latest refusals that are shown.
const REFUSALS_MAX: usize = 8;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/", get(show))
}

/// What a page is told of what was just done.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct After {
    pub(crate) done: Option<String>,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    frame: Frame,
    status: Status,
    locked: Option<String>,
    counts: Counts,
    traffic: Chart,
    attention: Vec<Attention>,
    more_attention: usize,
    refusals: Option<Vec<Row>>,
    may_seal: bool,
    may_unseal: bool,
}

/// How many keys there are of each kind.
#[derive(Default)]
struct Counts {
    usable: usize,
    suspended: usize,
    ended: usize,
    is_all: bool,
}

impl Counts {
    fn is_none(&self) -> bool {
        self.usable + self.suspended + self.ended == 0
    }
}

async fn show(control: Shared, visitor: Visitor, Query(after): Query<After>) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let which = Which { limit: Some(KEYS_MAX), ..Which::default() };
        let keys = list(&control, &visitor.actor, which.clone()).await?;
        let found = safety(&control, &visitor.actor, which).await?;
        let (attention, more_attention) = attention(found, &visitor);
        Ok(Page {
            status: status(&control, &visitor.actor).await?,
            locked: reopen::show(&control, &visitor.actor).await?.lock.map(|lock| lock.why),
            counts: count(&keys.items, keys.next.is_none()),
            traffic: Chart::of(&traffic(&control, &visitor.actor).await?),
            refusals: refusals(&control, &visitor, now).await?,
            attention,
            more_attention,
            may_seal: visitor.may(Operation::VaultSeal),
            may_unseal: visitor.may(Operation::VaultUnseal),
            frame: Frame::new(visitor, Section::Overview, "Overview")
                .with_script("live.js")
                .after(after.done.as_deref()),
        })
    });
    Ok(html(&page.await?))
}

impl Page {
    fn is_missing(&self) -> bool {
        self.status.vault.state == State::Missing
    }

    fn is_sealed(&self) -> bool {
        self.status.vault.state == State::Sealed
    }

    /// How everything is, in a word.
    fn health(&self) -> (Tone, &'static str) {
        if self.status.audit.failure.is_some() {
            return (Tone::Bad, "The audit log cannot be written: nothing that moves money is sent");
        }
        if self.locked.is_some() {
            return (Tone::Bad, "Locked after a restore: everything is refused");
        }
        match self.status.vault.state {
            State::Missing => (Tone::Warn, "There is no vault yet"),
            State::Sealed => (Tone::Bad, "The vault is sealed: nothing is signed"),
            State::Unsealed => (Tone::Good, "The door is open to those you let in"),
        }
    }
}

fn count(keys: &[KeyView], is_all: bool) -> Counts {
    let mut counts = Counts { is_all, ..Counts::default() };
    for key in keys {
        match key.state {
            Standing::Active | Standing::Retiring | Standing::NotYetValid => counts.usable += 1,
            Standing::Suspended => counts.suspended += 1,
            Standing::Expired | Standing::Revoked => counts.ended += 1,
        }
    }
    counts
}

/// What to look at, the most urgent first, and how much more there is.
fn attention(found: Safety, visitor: &Visitor) -> (Vec<Attention>, usize) {
    let keys = found.keys.into_iter().map(|key| Attention::of_key(key, visitor));
    let real = found.credentials.into_iter().map(|one| Attention::of_credential(one, visitor));
    let mut all: Vec<_> = keys.chain(real).filter(Attention::is_urgent).collect();
    all.sort_by_key(|one| std::cmp::Reverse(one.urgency()));
    let more = all.len().saturating_sub(NAMED_MAX);
    all.truncate(NAMED_MAX);
    (all, more)
}

/// The latest refusals, the newest first, for whoever may read the audit log.
async fn refusals(control: &Control, visitor: &Visitor, now: Timestamp) -> Result<Option<Vec<Row>>, Error> {
    if !visitor.may(Operation::AuditTail) {
        return Ok(None);
    }
    let refused = Tail { limit: Some(REFUSALS_MAX), event: Some("refused".to_owned()), ..Tail::default() };
    let entries = tail(control, &visitor.actor, refused).await?;
    Ok(Some(entries.items.iter().rev().map(|entry| Row::of(entry, now)).collect()))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn it_says_how_everything_is() {
        let fixture = Fixture::new().await;
        fixture.key("wild", &["trade"], &[], "never").await;
        fixture.key("tame", &["market", "read"], &[], "90d").await;
        let page = fixture.get("/").await;
        page.is_sound();
        assert!(
            page.body.contains("The door is open") && page.body.contains("It can be used from any address")
        );
        assert!(page.body.contains(">wild<") && !page.body.contains(">tame<"), "{}", page.body);
    }

    #[tokio::test]
    async fn a_viewer_sees_no_audit_log_and_leaves_no_trace_of_it() {
        let fixture = Fixture::new().await.with(Role::Viewer, false);
        fixture.refused("req_1", "symbol_not_allowed").await;
        let page = fixture.get("/").await;
        page.is_sound();
        assert!(!page.body.contains("Refused lately") && !page.body.contains("/kill"));
        assert!(!fixture.log().await.contains("role_lacks_right"));
    }

    #[tokio::test]
    async fn a_door_without_a_vault_says_what_to_do() {
        let fixture = Fixture::without_vault().await;
        let page = fixture.get("/").await;
        page.is_sound();
        assert!(page.body.contains("/vault/init"));
    }
}
