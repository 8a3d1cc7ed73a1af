//! Suspending, resuming, revoking and deleting a key: each asks first.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use keyward_control::Control;
use keyward_control::operation::key::{
    delete as deleting, resume as resuming, revoke as revoking, show, suspend as suspending,
};
use keyward_policy::OnWire;

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::Posted;
use crate::frame::{Frame, Section, html};
use crate::parts::{Sent, Stopped};
use crate::problem::Failure;
use crate::visitor::Visitor;

/// A question about a key.
struct Question {
    verb: &'static str,
    effects: &'static [&'static str],
    is_danger: bool,
}

const SUSPEND: Question = Question {
    verb: "Suspend",
    effects: &[
        "Nothing of this key starts to be sent any more, from the moment that this is done.",
        "Its orders at the exchange stay open: cancel them there, or with another key.",
        "It can be resumed.",
    ],
    is_danger: false,
};
const RESUME: Question = Question {
    verb: "Resume",
    effects: &["The key is used again with the same rights as before."],
    is_danger: false,
};
const REVOKE: Question = Question {
    verb: "Revoke",
    effects: &[
        "The key ends for good: it never comes back, whatever happens.",
        "Nothing of it starts to be sent any more, from the moment that this is done.",
        "Its orders at the exchange stay open: cancel them there, or with another key.",
    ],
    is_danger: true,
};
const DELETE: Question = Question {
    verb: "Delete",
    effects: &[
        "The key ends for good and is forgotten; the audit log keeps what it did.",
        "Its id and its key string are never issued again.",
    ],
    is_danger: true,
};

pub(super) async fn ask_suspend(
    control: Shared,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, Failure> {
    ask(control, visitor, key, &SUSPEND).await
}

pub(super) async fn ask_resume(
    control: Shared,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, Failure> {
    ask(control, visitor, key, &RESUME).await
}

pub(super) async fn ask_revoke(
    control: Shared,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, Failure> {
    ask(control, visitor, key, &REVOKE).await
}

pub(super) async fn ask_delete(
    control: Shared,
    visitor: Visitor,
    key: Path<String>,
) -> Result<Response, Failure> {
    ask(control, visitor, key, &DELETE).await
}

async fn ask(
    control: Shared,
    visitor: Visitor,
    Path(key): Path<String>,
    question: &'static Question,
) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let key = finish(async move { show::show(&control, &actor, &key).await }).await?;
    let (verb, name) = (question.verb, &key.name);
    let frame = Frame::new(visitor, Section::Keys, format!("{verb} {name}?"));
    let effects = question.effects.iter().map(|effect| (*effect).to_owned()).collect();
    let (button, back) = (format!("{verb} {name}"), format!("/keys/{}", key.id));
    let (is_danger, ticked, fields) = (question.is_danger, None, Vec::new());
    Ok(Confirm { frame, effects, button, is_danger, ticked, fields, back }.page())
}

pub(super) async fn suspend(
    control: Shared,
    Path(key): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let (actor, within) = (visitor.actor.clone(), Arc::clone(&control));
    let stopped = finish(async move { suspending::suspend(&within, &actor, &key).await }).await?;
    let back = format!("/keys/{}", stopped.what.id);
    Ok(tell(&control, visitor, &stopped.on_wire, stopped.on_wire_count, &back, "suspended"))
}

pub(super) async fn resume(
    control: Shared,
    Path(key): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let key = finish(async move { resuming::resume(&control, &visitor.actor, &key).await }).await?;
    Ok(done::lead_to(&format!("/keys/{}", key.id), "resumed"))
}

pub(super) async fn revoke(
    control: Shared,
    Path(key): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let (actor, within) = (visitor.actor.clone(), Arc::clone(&control));
    let stopped = finish(async move { revoking::revoke(&within, &actor, &key).await }).await?;
    let back = format!("/keys/{}", stopped.what.id);
    Ok(tell(&control, visitor, &stopped.on_wire, stopped.on_wire_count, &back, "revoked"))
}

pub(super) async fn delete(
    control: Shared,
    Path(key): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let (actor, within) = (visitor.actor.clone(), Arc::clone(&control));
    let stopped = finish(async move { deleting::delete(&within, &actor, &key).await }).await?;
    Ok(tell(&control, visitor, &stopped.on_wire, stopped.on_wire_count, "/keys", "deleted"))
}

/// Leads on, unless something was on the wire already: that has to be seen.
pub(crate) fn tell(
    control: &Control,
    visitor: Visitor,
    on_wire: &[OnWire],
    count: usize,
    back: &str,
    done: &'static str,
) -> Response {
    if count == 0 {
        return done::lead_to(back, done);
    }
    html(&stopped(visitor, on_wire, count, back, done, control.now()))
}

fn stopped(
    visitor: Visitor,
    on_wire: &[OnWire],
    count: usize,
    back: &str,
    done: &'static str,
    now: Timestamp,
) -> Stopped {
    /// As many as anybody reads; the audit log has them all.
    const SHOWN_MAX: usize = 100;
    let said = done::words(done).unwrap_or_default().to_owned();
    let sent = on_wire.iter().take(SHOWN_MAX).map(|sent| Sent::new(sent, now)).collect();
    let frame = Frame::new(visitor, Section::Keys, "Stopped, and what was on its way");
    Stopped { frame, said, count, sent, back: back.to_owned() }
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn each_change_asks_first_and_then_is_made() {
        let fixture = Fixture::new().await;
        let key = fixture.key("grid", &["read"], &[], "90d").await;
        let path = format!("/keys/{}", key.id);
        for (verb, said) in [("suspend", "Suspended"), ("resume", "Active"), ("revoke", "Revoked")] {
            let asked = fixture.get(&format!("{path}/{verb}")).await;
            asked.is_sound();
            let made = fixture.post(&format!("{path}/{verb}"), &[]).await;
            assert_eq!(made.status, 303, "{}", made.body);
            let page = fixture.get(made.location()).await;
            assert!(page.body.contains(said) && page.body.contains("role=\"status\""), "{}", page.body);
        }
        let made = fixture.post(&format!("{path}/delete"), &[]).await;
        assert_eq!(made.location(), "/keys?done=deleted");
        assert_eq!(fixture.get(&path).await.status, 404);
    }

    #[tokio::test]
    async fn what_was_on_the_wire_is_shown() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["read"], &[], "90d").await;
        fixture.put_on_wire();
        let page = fixture.post("/keys/grid/revoke", &[]).await;
        page.is_sound();
        assert!(page.status == 200 && page.body.contains("/api/v3/order"), "{}", page.body);
    }
}
