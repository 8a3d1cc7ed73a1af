//! Tightening a key to what it did: the proposal, and the button by which a person agrees.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use keyward_control::operation::key::propose::{Proposal, propose};
use keyward_control::operation::key::update::{Update, update};
use keyward_control::{Code, Error};
use keyward_policy::Operation;

use crate::Shared;
use crate::done;
use crate::finish::finish;
use crate::form::{Form, Posted};
use crate::frame::{Frame, Section, html};
use crate::moment::Moment;
use crate::problem::{Failure, capital};
use crate::visitor::Visitor;

#[derive(Template)]
#[template(path = "key_tighten.html")]
struct Page {
    frame: Frame,
    proposal: Proposal,
    from: Moment,
    doubts: Vec<String>,
    fields: Vec<(&'static str, String)>,
    may_change: bool,
}

pub(super) async fn ask(
    control: Shared,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let proposal = propose(&control, &visitor.actor, &key).await?;
        Ok(Page {
            may_change: visitor.may(Operation::KeyUpdate),
            frame: Frame::new(visitor, Section::Keys, format!("Tighten {}?", proposal.name)),
            from: Moment::new(proposal.rests_on.from, control.now()),
            doubts: proposal.doubts.iter().map(|doubt| capital(doubt)).collect(),
            fields: fields(&proposal),
            proposal,
        })
    });
    Ok(html(&page.await?))
}

/// What is sent back is what was seen, so that nothing else is agreed to.
fn fields(proposal: &Proposal) -> Vec<(&'static str, String)> {
    let lists = [
        ("allow", &proposal.update.allow),
        ("symbols", &proposal.update.symbols),
        ("ip", &proposal.update.ip),
    ];
    let lists = lists.into_iter().filter_map(|(name, list)| Some((name, list.as_ref()?.join(" "))));
    lists.chain([("revision", proposal.revision.to_string())]).collect()
}

pub(super) async fn tighten(
    control: Shared,
    Path(key): Path<String>,
    Posted(visitor, form): Posted,
) -> Result<Response, Failure> {
    let revision = revision(&form)?;
    let said = |name| Some(form.words(name)).filter(|list| !list.is_empty());
    let input =
        Update { allow: said("allow"), symbols: said("symbols"), ip: said("ip"), ..Update::default() };
    let key = finish(async move { update(&control, &visitor.actor, &key, Some(revision), input).await });
    Ok(done::lead_to(&format!("/keys/{}", key.await?.id), "changed"))
}

/// The revision that somebody looked at.
pub(super) fn revision(form: &Form) -> Result<u64, Error> {
    let said = form.text("revision").and_then(|text| text.parse().ok());
    said.ok_or_else(|| {
        Error::new(Code::Malformed, "the form does not say which revision of the key it is about")
    })
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_person_agrees_to_what_he_saw_and_to_nothing_older() {
        let fixture = Fixture::new().await;
        let key = fixture.key("grid", &["read", "trade", "withdraw"], &[], "90d").await;
        fixture.traded(&key, "BTCUSDT").await;
        let page = fixture.get("/keys/grid/tighten").await;
        page.is_sound();
        for said in [
            "It may no longer: read, trade, withdraw",
            "only on BTC/USDT",
            "only from 198.51.100.9",
            "too little",
        ] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        let agreed =
            [("revision", "1"), ("allow", "trade:spot"), ("symbols", "BTC/USDT"), ("ip", "198.51.100.9/32")];
        let made = fixture.post("/keys/grid/tighten", &agreed).await;
        assert!(made.location().ends_with("?done=changed"), "{}", made.body);
        let page = fixture.get("/keys/grid/tighten").await;
        page.is_sound();
        assert!(page.body.contains("Nothing could be tighter"));
        assert_eq!(fixture.post("/keys/grid/tighten", &agreed).await.status, 412);
        assert_eq!(fixture.post("/keys/grid/tighten", &agreed[1..]).await.status, 400);
    }

    #[tokio::test]
    async fn who_may_not_change_a_key_may_only_look() {
        let fixture = Fixture::new().await;
        let key = fixture.key("grid", &["read", "trade"], &[], "90d").await;
        fixture.traded(&key, "BTCUSDT").await;
        let auditor = fixture.with(Role::Auditor, true);
        let page = auditor.get("/keys/grid/tighten").await;
        page.is_sound();
        assert!(!page.body.contains("<button class=\"button primary\">Tighten"), "{}", page.body);
        assert_eq!(
            auditor.post("/keys/grid/tighten", &[("revision", "1"), ("allow", "read")]).await.status,
            403
        );
    }
}
