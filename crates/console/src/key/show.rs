//! One key: what it may do, what became of it, and what can be done with it.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use jiff::Timestamp;
use keyward_control::operation::audit::tail::{Tail, tail};
use keyward_control::operation::hand_over;
use keyward_control::operation::key::KeyView;
use keyward_control::operation::key::show::show as operation;
use keyward_control::operation::key::{safety, usage};
use keyward_control::{Control, Error};
use keyward_policy::{KeyType, Operation, Standing};

use super::rights::Rights;
use super::used::Used;
use crate::Shared;
use crate::attention::Attention;
use crate::audit::row::Row;
use crate::finish::finish;
use crate::frame::{Frame, Section, html};
use crate::moment::Moment;
use crate::overview::After;
use crate::parts::Badge;
use crate::problem::Failure;
use crate::snippets::{self, Snippet};
use crate::visitor::Visitor;
use crate::words::standing;

/// How many entries of the log are looked at for one key.
const ENTRIES_MAX: usize = 400;
/// How many of each kind are shown.
const SHOWN_MAX: usize = 15;

#[derive(Template)]
#[template(path = "key.html")]
struct Page {
    frame: Frame,
    key: KeyView,
    badge: Badge,
    advice: &'static str,
    created: Moment,
    rights: Rights,
    findings: Vec<Attention>,
    snippets: Vec<Snippet>,
    used: Used,
    handed: Option<Handed>,
    log: Option<Log>,
}

/// What became of the link to its secret.
struct Handed {
    until: Moment,
    opened: Option<(Moment, String)>,
}

/// What the audit log knows of a key, the newest first.
struct Log {
    refusals: Vec<Row>,
    requests: Vec<Row>,
    changes: Vec<Row>,
}

pub(super) async fn show(
    control: Shared,
    visitor: Visitor,
    Path(key): Path<String>,
    Query(after): Query<After>,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let now = control.now();
        let key = operation(&control, &visitor.actor, &key).await?;
        let (badge, advice) = standing(&key);
        let used = usage::usage(&control, &visitor.actor, &key.id.to_string()).await?;
        let used = Used::of(&key, &used, now);
        let handed = handed(&control, &visitor, &key).await?;
        let log = log(&control, &visitor, &key, now).await?;
        let page = format!("/keys/{}", key.id);
        let findings = safety::of_one(&control, &visitor.actor, &key.id.to_string()).await?;
        let findings = findings.into_iter().map(|one| Attention::of(one, &page, &visitor)).collect();
        let frame = Frame::new(visitor, Section::Keys, key.name.clone()).with_script("live.js");
        let frame = frame.after(after.done.as_deref());
        Ok(Page {
            frame,
            badge,
            advice,
            created: Moment::new(key.created_at, now),
            rights: Rights::of(&key, now),
            findings,
            snippets: snippets::of(&key),
            used,
            handed,
            log,
            key,
        })
    });
    Ok(html(&page.await?))
}

async fn handed(control: &Control, visitor: &Visitor, key: &KeyView) -> Result<Option<Handed>, Error> {
    let link = hand_over::show::show(control, &visitor.actor, &key.id.to_string()).await?.hand_over;
    let moment = |at| Moment::new(at, control.now());
    Ok(link.map(|link| Handed {
        until: moment(link.expires_at),
        opened: link.opened_at.map(moment).zip(link.opened_from),
    }))
}

/// What the log knows of the key, for whoever may read it.
async fn log(
    control: &Control,
    visitor: &Visitor,
    key: &KeyView,
    now: Timestamp,
) -> Result<Option<Log>, Error> {
    if !visitor.may(Operation::AuditTail) {
        return Ok(None);
    }
    let about = Tail { limit: Some(ENTRIES_MAX), about: Some(key.id.to_string()), ..Tail::default() };
    let entries = tail(control, &visitor.actor, about).await?.items;
    let of = |kinds: &[&str]| {
        let is_one = |kind: &str| kinds.contains(&kind);
        let newest = entries.iter().rev();
        let fitting = newest
            .filter(|entry| entry.event.get("event").and_then(|kind| kind.as_str()).is_some_and(is_one));
        fitting.take(SHOWN_MAX).map(|entry| Row::of(entry, now)).collect()
    };
    Ok(Some(Log {
        refusals: of(&["refused"]),
        requests: of(&["intent", "forwarded"]),
        changes: of(&["changed"]),
    }))
}

impl Page {
    fn may(&self, operation: Operation) -> bool {
        self.frame.may(operation)
    }

    fn may_rotate(&self) -> bool {
        let is_over = matches!(self.key.state, Standing::Revoked | Standing::Expired | Standing::Retiring);
        self.may(Operation::KeyRotate) && !is_over
    }

    fn may_change(&self) -> bool {
        let is_over = matches!(self.key.state, Standing::Revoked | Standing::Expired);
        self.may(Operation::KeyUpdate) && !is_over
    }

    /// What anybody may use from anywhere is as tight as it can be.
    fn may_tighten(&self) -> bool {
        self.may_change() && self.key.key_type != KeyType::Publishable
    }

    fn may_suspend(&self) -> bool {
        let runs = !matches!(self.key.state, Standing::Revoked | Standing::Suspended | Standing::Expired);
        self.may(Operation::KeySuspend) && runs
    }

    fn may_resume(&self) -> bool {
        self.may(Operation::KeyResume) && self.key.state == Standing::Suspended
    }

    fn may_revoke(&self) -> bool {
        self.may(Operation::KeyRevoke) && self.key.state != Standing::Revoked
    }

    fn may_delete(&self) -> bool {
        self.may(Operation::KeyDelete)
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_key_says_what_it_may_do_and_why_something_was_refused() {
        let fixture = Fixture::new().await;
        let key = fixture.key("grid", &["market", "trade:spot"], &["203.0.113.7"], "90d").await;
        fixture.refused(&key.id.to_string(), "symbol_not_allowed").await;
        let page = fixture.get("/keys/grid").await;
        page.is_sound();
        for said in [
            "place, change and cancel spot orders",
            "send money away from the exchange",
            "203.0.113.7",
            "the grant does not cover this market",
            "key create by ada",
            "import ccxt",
        ] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
    }

    #[tokio::test]
    async fn it_offers_only_what_can_be_done() {
        let fixture = Fixture::new().await;
        let key = fixture.key("grid", &["read"], &[], "90d").await;
        let path = format!("/keys/{}", key.id);
        let page = fixture.get(&path).await;
        assert!(page.body.contains(&format!("{path}/suspend")) && !page.body.contains("/resume"));
        let auditor = fixture.with(Role::Auditor, false);
        let page = auditor.get(&path).await;
        page.is_sound();
        assert!(!page.body.contains("/suspend") && !page.body.contains("/delete"));
    }
}
