//! Changing what a key is limited to: a form, then the change in words, then the change.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keyward_control::operation::key::KeyView;
use keyward_control::operation::key::preview::{Preview, preview};
use keyward_control::operation::key::show::show;
use keyward_control::operation::key::update::update;
use keyward_control::{Code, Error};
use keyward_policy::Verb;

use super::draft::Draft;
use super::issue::{ENDS, Permitted};
use super::tighten::revision;
use crate::Shared;
use crate::done;
use crate::finish::finish;
use crate::form::{Form, Posted};
use crate::frame::{Frame, Section, html};
use crate::parts::Choice;
use crate::problem::{Failure, sentence};
use crate::then;
use crate::visitor::Visitor;

/// The form, with what there is or what was said.
#[derive(Template)]
#[template(path = "key_edit.html")]
struct Editing {
    frame: Frame,
    id: String,
    revision: u64,
    draft: Draft,
    problem: Option<String>,
    hint: Option<String>,
    permissions: Vec<Permitted>,
    ends: Vec<Choice>,
    trades: bool,
}

/// The change before it is made.
#[derive(Template)]
#[template(path = "key_change.html")]
struct Review {
    frame: Frame,
    id: String,
    preview: Preview,
    fields: Vec<(&'static str, String)>,
    warnings: Vec<&'static str>,
}

pub(super) async fn ask(
    control: Shared,
    visitor: Visitor,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let form = Form::read(query.unwrap_or_default().as_bytes());
    let actor = visitor.actor.clone();
    let key = finish(async move { show(&control, &actor, &key).await }).await?;
    // An address that says more comes back from showing the second factor.
    let (draft, revision) = match form.text("revision").and_then(|text| text.parse().ok()) {
        Some(revision) => (Draft::read(&form), revision),
        None => (Draft::of_key(&key), key.revision),
    };
    Ok(html(&Editing::of(visitor, &key, revision, draft, None)))
}

pub(super) async fn go_on(
    control: Shared,
    Path(key): Path<String>,
    Posted(visitor, form): Posted,
) -> Result<Response, Failure> {
    let (draft, revision) = (Draft::read(&form), revision(&form)?);
    let (within, actor, named) = (control.clone(), visitor.actor.clone(), key.clone());
    let key = finish(async move { show(&within, &actor, &named).await }).await?;
    let done = match form.text("step").as_deref() {
        Some("review") => review(&control, &visitor, &key, revision, &draft).await,
        Some("change") => change(&control, &visitor, &key, revision, &draft).await,
        _ => return Ok(html(&Editing::of(visitor, &key, revision, draft, None))),
    };
    match done {
        Err(error) if error.code().kind().fault() == keyward_policy::Fault::Caller && is_of_form(&error) => {
            let page = Editing::of(visitor, &key, revision, draft, Some(&error));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, html(&page)).into_response())
        }
        done => Ok(done?),
    }
}

/// Whether it is about what was filled in, and can be mended there.
fn is_of_form(error: &Error) -> bool {
    error.code().kind() == keyward_control::Kind::Invalid
}

async fn review(
    control: &Shared,
    visitor: &Visitor,
    key: &KeyView,
    revision: u64,
    draft: &Draft,
) -> Result<Response, Error> {
    let (within, actor, id, input) = (control.clone(), visitor.actor.clone(), key.id, draft.update()?);
    let seen = async move { preview(&within, &actor, &id.to_string(), Some(revision), input).await };
    let seen = finish(seen).await?;
    let frame = Frame::new(visitor.clone(), Section::Keys, format!("Change {}?", key.name));
    let fields = draft.fields().into_iter().chain([("revision", revision.to_string())]).collect();
    let warnings = if seen.widens { draft.warnings() } else { Vec::new() };
    Ok(html(&Review { frame, id: key.id.to_string(), preview: seen, fields, warnings }))
}

async fn change(
    control: &Shared,
    visitor: &Visitor,
    key: &KeyView,
    revision: u64,
    draft: &Draft,
) -> Result<Response, Error> {
    let (within, actor, id, input) = (control.clone(), visitor.actor.clone(), key.id, draft.update()?);
    let changed = async move { update(&within, &actor, &id.to_string(), Some(revision), input).await };
    let page = format!("/keys/{id}");
    match finish(changed).await {
        Ok(_) => Ok(done::lead_to(&page, "changed")),
        Err(error) if error.code() == Code::SecondFactorNeeded => {
            let fields = draft.fields();
            let said = [("revision", revision.to_string())];
            let pairs: Vec<_> =
                fields.iter().chain(&said).map(|(name, value)| (*name, value.as_str())).collect();
            let back = then::with_query(&format!("{page}/edit"), &pairs);
            Ok(Redirect::to(&then::leading_to("/step-up", &back)).into_response())
        }
        Err(error) => Err(error),
    }
}

impl Editing {
    fn of(visitor: Visitor, key: &KeyView, revision: u64, draft: Draft, problem: Option<&Error>) -> Self {
        let now = key.expires_at.map_or_else(
            || "It never ends, as it is".to_owned(),
            |at| at.strftime("As it is: %Y-%m-%d %H:%M UTC").to_string(),
        );
        let as_it_is = Choice::new("", &draft.expires).called(now);
        let others = ENDS.map(|(value, label)| Choice::new(value, &draft.expires).called(label));
        Self {
            frame: Frame::new(visitor, Section::Keys, format!("Change {}", key.name)),
            id: key.id.to_string(),
            revision,
            problem: problem.map(sentence),
            hint: problem.and_then(Error::next).map(str::to_owned),
            permissions: Permitted::all(&draft),
            ends: std::iter::once(as_it_is).chain(others).collect(),
            trades: key.permissions.iter().any(|one| one.verb() == Verb::Trade),
            draft,
        }
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    const TIGHT: [(&str, &str); 7] = [
        ("revision", "1"),
        ("allow", "market"),
        ("allow", "trade:spot"),
        ("symbols", "BTC/USDT"),
        ("ip", "203.0.113.7"),
        ("per_minute", "60"),
        ("burst", "5"),
    ];

    fn step(step: &'static str, form: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
        form.iter().copied().chain([("step", step)]).collect()
    }

    #[tokio::test]
    async fn a_key_is_changed_after_a_look_at_what_changes() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["market", "read", "trade:spot"], &[], "90d").await;
        let page = fixture.get("/keys/grid/edit").await;
        page.is_sound();
        assert!(
            page.body.contains("value=\"read\" checked") && page.body.contains("value=\"1200\""),
            "{}",
            page.body
        );
        let page = fixture.post("/keys/grid/edit", &step("review", &TIGHT)).await;
        page.is_sound();
        for said in
            ["It may no longer: read", "only on BTC/USDT", "only from 203.0.113.7", "60 requests a minute"]
        {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        let made = fixture.post("/keys/grid/edit", &step("change", &TIGHT)).await;
        let page = fixture.get(made.location()).await;
        page.is_sound();
        for said in ["The key is changed", "It works only on BTC/USDT, and no longer on every market"] {
            assert!(page.body.contains(said), "{said}: {}", page.body);
        }
        let late = fixture.post("/keys/grid/edit", &step("change", &TIGHT)).await;
        assert_eq!(late.status, 412, "the key is at another revision by now");
        let nothing = fixture
            .post("/keys/grid/edit", &[&step("review", &TIGHT[1..])[..], &[("revision", "2")]].concat())
            .await;
        assert!(nothing.body.contains("Nothing would change"), "{}", nothing.body);
    }

    #[tokio::test]
    async fn what_widens_asks_for_the_second_factor_and_goes_on_from_there() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["market"], &["203.0.113.7"], "90d").await;
        let stale = fixture.with(Role::Trader, false);
        let wide =
            [("revision", "1"), ("allow", "market"), ("allow", "withdraw"), ("per_minute", "unlimited")];
        let page = stale.post("/keys/grid/edit", &step("review", &wide)).await;
        page.is_sound();
        assert!(
            page.body.contains("second factor") && page.body.contains("send money away"),
            "{}",
            page.body
        );
        let asked = stale.post("/keys/grid/edit", &step("change", &wide)).await;
        assert!(asked.location().starts_with("/step-up?then="), "{}", asked.location());
        let then = form_urlencoded::parse(asked.location().split_once('?').unwrap().1.as_bytes());
        let then = then.into_owned().next().unwrap().1;
        let page = stale.get(&then).await;
        page.is_sound();
        assert!(page.body.contains("value=\"withdraw\" checked"), "{}", page.body);
    }

    #[tokio::test]
    async fn what_does_not_fit_leads_back_with_what_was_said() {
        let fixture = Fixture::new().await;
        fixture.key("grid", &["market"], &[], "90d").await;
        for wrong in [("ip", "\"><script>"), ("symbols", "BTCUSDT"), ("per_minute", "many")] {
            let form = [("revision", "1"), ("allow", "market"), wrong];
            let page = fixture.post("/keys/grid/edit", &step("review", &form)).await;
            assert_eq!(page.status, 422, "{wrong:?}");
            page.is_sound();
        }
        let auditor = fixture.with(Role::Auditor, true);
        assert_eq!(auditor.post("/keys/grid/edit", &step("review", &TIGHT)).await.status, 403);
    }
}
