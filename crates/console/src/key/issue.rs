//! Issuing a key, in three steps: what it is for, what it may reach, and a look at it before it is made.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use keyward_control::operation::key::create::create;
use keyward_control::operation::{credential, venue};
use keyward_control::{Code, Control, Error, Part};
use keyward_policy::{Mode, Operation};

use super::draft::Draft;
use super::preset::{PRESETS, Preset, named};
use super::{issued, list};
use crate::Shared;
use crate::finish::finish;
use crate::form::{Form, Posted};
use crate::frame::{Frame, Section, html};
use crate::parts::Choice;
use crate::problem::{Failure, sentence};
use crate::then;
use crate::visitor::Visitor;
use crate::words::{OFFERED, Offered, rights, withheld};

/// The most credentials and venues that can be chosen among.
const CHOICES_MAX: u32 = 200;
/// When a key may end.
pub(super) const ENDS: [(&str, &str); 6] = [
    ("1d", "In 1 day"),
    ("7d", "In 7 days"),
    ("30d", "In 30 days"),
    ("90d", "In 90 days"),
    ("365d", "In a year"),
    ("never", "Never"),
];
/// How a key may sign.
const TYPES: [(&str, &str); 3] = [
    ("hmac", "HMAC: a shared secret, which every client knows"),
    ("ed25519", "Ed25519: a key pair, better where the client can"),
    ("rsa", "RSA: a key pair, for clients that know no Ed25519"),
];

#[derive(Template)]
#[template(path = "key_presets.html")]
struct Presets {
    frame: Frame,
    presets: &'static [Preset],
}

/// The form in which everything is said.
#[derive(Template)]
#[template(path = "key_form.html")]
struct Asking {
    frame: Frame,
    draft: Draft,
    preset: &'static Preset,
    problem: Option<String>,
    hint: Option<String>,
    projects: Vec<Choice>,
    credentials: Vec<Choice>,
    venues: Vec<Choice>,
    permissions: Vec<Permitted>,
    ends: Vec<Choice>,
    types: Vec<Choice>,
}

/// A permission to tick.
pub(super) struct Permitted {
    pub(super) name: &'static str,
    pub(super) words: &'static str,
    pub(super) is_dangerous: bool,
    pub(super) is_ticked: bool,
}

impl Permitted {
    /// Every permission, those ticked that a draft has.
    pub(super) fn all(draft: &Draft) -> Vec<Self> {
        let permitted = |one: &Offered| Self {
            is_ticked: draft.allow.iter().any(|allowed| allowed == one.name),
            name: one.name,
            words: one.words,
            is_dangerous: one.is_dangerous,
        };
        OFFERED.iter().map(permitted).collect()
    }
}

/// The look at it before it is made.
#[derive(Template)]
#[template(path = "key_review.html")]
struct Review {
    frame: Frame,
    draft: Draft,
    fields: Vec<(&'static str, String)>,
    rights: Vec<&'static str>,
    withheld: Vec<&'static str>,
    warnings: Vec<&'static str>,
    ends: String,
}

pub(super) async fn ask(
    control: Shared,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    may(&visitor)?;
    let form = Form::read(query.unwrap_or_default().as_bytes());
    let Some(preset) = form.text("preset").as_deref().and_then(named) else {
        let frame = Frame::new(visitor, Section::Keys, "New key");
        return Ok(html(&Presets { frame, presets: &PRESETS }));
    };
    // An address that says more comes back from showing the second factor.
    let draft = if form.has("name") { Draft::read(&form) } else { Draft::of(preset) };
    Ok(form_page(&control, visitor, draft, None).await?)
}

pub(super) async fn go_on(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    may(&visitor)?;
    let draft = Draft::read(&form);
    match form.text("step").as_deref() {
        Some("review") => Ok(review(visitor, draft)),
        Some("issue") => issue(control, visitor, draft).await,
        _ => Ok(form_page(&control, visitor, draft, None).await?),
    }
}

/// Whoever may not issue keys is told so before he fills in a form.
fn may(visitor: &Visitor) -> Result<(), Error> {
    if visitor.may(Operation::KeyCreate) {
        return Ok(());
    }
    Err(Error::new(Code::RoleLacksRight, "your role may not issue keys")
        .hint("ask an owner or an administrator"))
}

fn review(visitor: Visitor, draft: Draft) -> Response {
    let permissions = draft.permissions();
    let frame = Frame::new(visitor, Section::Keys, format!("Issue {}?", draft.name));
    html(&Review {
        frame,
        fields: draft.fields_to_review(),
        rights: rights(permissions),
        withheld: withheld(permissions),
        warnings: draft.warnings(),
        ends: ENDS
            .iter()
            .find(|(end, _)| *end == draft.expires)
            .map_or("In 90 days", |(_, label)| label)
            .to_lowercase(),
        draft,
    })
}

/// Issues the key. What does not fit leads back to the form, with all that was said.
async fn issue(control: Shared, visitor: Visitor, draft: Draft) -> Result<Response, Failure> {
    let request = match draft.request() {
        Ok(request) => request,
        Err(error) => return Ok(form_page(&control, visitor, draft, Some(error)).await?),
    };
    let (within, actor) = (control.clone(), visitor.actor.clone());
    match finish(async move { create(&within, &actor, request).await }).await {
        Ok(created) => Ok(issued::page(visitor, &created)),
        Err(error) if error.code() == Code::SecondFactorNeeded => {
            Ok(Redirect::to(&then::leading_to("/step-up", &draft.address())).into_response())
        }
        // Another operator was asked, so there is nothing to mend here.
        Err(error) if error.code() == Code::ConsentNeeded => Err(error.into()),
        Err(error) if error.code().kind().fault() == keyward_policy::Fault::Caller => {
            Ok(form_page(&control, visitor, draft, Some(error)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn form_page(
    control: &Shared,
    visitor: Visitor,
    draft: Draft,
    problem: Option<Error>,
) -> Result<Response, Error> {
    let within = control.clone();
    let failed = problem.is_some();
    let page = finish(async move { Asking::of(&within, visitor, draft, problem).await }).await?;
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, html(&page)).into_response())
}

impl Asking {
    async fn of(
        control: &Control,
        visitor: Visitor,
        draft: Draft,
        problem: Option<Error>,
    ) -> Result<Self, Error> {
        let (credentials, venues) = places(control, &visitor, &draft).await?;
        Ok(Self {
            projects: list::projects(control, &visitor, &draft.project).await?,
            credentials,
            venues,
            permissions: Permitted::all(&draft),
            ends: ENDS.map(|(value, label)| Choice::new(value, &draft.expires).called(label)).into(),
            types: TYPES.map(|(value, label)| Choice::new(value, &draft.key_type).called(label)).into(),
            preset: named(&draft.preset).unwrap_or(&PRESETS[PRESETS.len() - 1]),
            hint: problem.as_ref().and_then(Error::next).map(str::to_owned),
            problem: problem.as_ref().map(sentence),
            draft,
            frame: Frame::new(visitor, Section::Keys, "New key"),
        })
    }
}

/// Where a key can lead: the credentials there are, and the venues that vouch for their callers; for a publishable key the others. A
/// single one is chosen.
async fn places(
    control: &Control,
    visitor: &Visitor,
    draft: &Draft,
) -> Result<(Vec<Choice>, Vec<Choice>), Error> {
    let part = || Part { limit: Some(CHOICES_MAX), after: None };
    let credentials = credential::list::list(control, &visitor.actor, part()).await?.items;
    let venues = venue::list::list(control, &visitor.actor, part()).await?.items;
    let (is_publishable, mode) = match draft.is_publishable() {
        true => (true, Mode::Resign),
        false => (false, Mode::Assert),
    };
    let venues: Vec<_> = venues.into_iter().filter(|venue| venue.mode == mode).collect();
    let is_only = if is_publishable { venues.len() == 1 } else { credentials.len() + venues.len() == 1 };
    let credential = |one: credential::CredentialView| Choice {
        is_chosen: (!is_publishable && is_only) || draft.credentials.contains(&one.name),
        label: if is_publishable {
            format!("{}, and what it gives to any key, under the name of {}", one.venue, one.name)
        } else {
            format!("{} on {}", one.name, one.venue)
        },
        value: one.name,
    };
    let venue = |one: venue::VenueView| Choice {
        is_chosen: (is_only && draft.credentials.is_empty()) || draft.venues.contains(&one.name),
        label: if is_publishable {
            format!("{}, what it gives to everybody", one.name)
        } else {
            format!("{} (your own back end)", one.name)
        },
        value: one.name,
    };
    Ok((credentials.into_iter().map(credential).collect(), venues.into_iter().map(venue).collect()))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use crate::fixture::Fixture;

    const BOT: [(&str, &str); 9] = [
        ("preset", "spot-bot"),
        ("name", "grid"),
        ("project", "bots"),
        ("credential", "main"),
        ("allow", "market"),
        ("allow", "trade:spot"),
        ("symbols", "BTC/USDT, ETH/USDT"),
        ("ip", "203.0.113.7"),
        ("expires", "90d"),
    ];

    fn step(step: &'static str, form: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
        form.iter().copied().chain([("step", step)]).collect()
    }

    #[tokio::test]
    async fn a_key_is_issued_in_three_steps() {
        let fixture = Fixture::new().await;
        fixture.places().await;
        let page = fixture.get("/keys/new").await;
        page.is_sound();
        assert!(page.body.contains("/keys/new?preset=spot-bot"));
        let page = fixture.get("/keys/new?preset=spot-bot").await;
        page.is_sound();
        assert!(page.body.contains("value=\"trade:spot\" checked"), "{}", page.body);
        let page = fixture.post("/keys/new", &step("review", &BOT)).await;
        page.is_sound();
        assert!(page.body.contains("place, change and cancel spot orders"));
        let page = fixture.post("/keys/new", &step("issue", &BOT)).await;
        page.is_sound();
        assert!(
            page.status == 200 && page.body.contains("kws") && page.body.contains("kwk"),
            "{}",
            page.body
        );
        assert!(fixture.get("/keys/grid").await.body.contains("BTC/USDT, ETH/USDT"));
    }

    #[tokio::test]
    async fn what_does_not_fit_leads_back_with_what_was_said() {
        let fixture = Fixture::new().await;
        fixture.places().await;
        let mut form = step("issue", &BOT);
        form[1].1 = "\"><script>";
        let page = fixture.post("/keys/new", &form).await;
        assert_eq!(page.status, 422);
        page.is_sound();
        assert!(page.body.contains("cannot be a name") && page.body.contains("203.0.113.7"), "{}", page.body);
    }

    #[tokio::test]
    async fn a_wide_key_asks_for_the_second_factor_and_goes_on_from_there() {
        let fixture = Fixture::new().await.with(Role::Owner, true);
        fixture.places().await;
        let fixture = fixture.with(Role::Owner, false);
        let form: Vec<_> = step("issue", &BOT).into_iter().filter(|(name, _)| *name != "ip").collect();
        let page = fixture.post("/keys/new", &form).await;
        assert_eq!(page.status, 303);
        let then = form_urlencoded::parse(page.location().split_once('?').unwrap().1.as_bytes());
        let then = then.into_owned().next().unwrap().1;
        let page = fixture.get(&then).await;
        page.is_sound();
        assert!(page.body.contains("value=\"grid\"") && page.body.contains("BTC/USDT"), "{}", page.body);
    }

    #[tokio::test]
    async fn a_browser_key_has_pages_and_no_secret() {
        const PAGE: [(&str, &str); 7] = [
            ("preset", "browser"),
            ("name", "chart"),
            ("project", "bots"),
            ("venue", "binance"),
            ("type", "publishable"),
            ("origins", "https://app.example\nhttp://localhost:3000"),
            ("expires", "90d"),
        ];
        let fixture = Fixture::new().await;
        fixture.places().await;
        let page = fixture.get("/keys/new?preset=browser").await;
        page.is_sound();
        assert!(
            page.body.contains("name=\"origins\"") && !page.body.contains("name=\"allow\""),
            "{}",
            page.body
        );
        assert!(page.body.contains("name=\"venue\" value=\"binance\" checked"), "{}", page.body);
        let page = fixture.post("/keys/new", &step("review", &PAGE)).await;
        page.is_sound();
        assert!(
            page.body.contains("Anybody who opens your page") && page.body.contains("https://app.example")
        );
        let page = fixture.post("/keys/new", &step("issue", &PAGE)).await;
        page.is_sound();
        assert!(
            page.status == 200 && page.body.contains("kwp") && !page.body.contains("kws"),
            "{}",
            page.body
        );
        assert!(page.body.contains("fetch(") && !page.body.contains("KEYWARD_SECRET_FILE"), "{}", page.body);
        let page = fixture.get("/keys/chart").await;
        page.is_sound();
        assert!(
            page.body.contains("https://app.example") && !page.body.contains("/tighten"),
            "{}",
            page.body
        );
        fixture.get("/keys/chart/rotate").await.is_sound();
        let mut wild = step("issue", &PAGE);
        wild[5].1 = "https://*.example";
        let page = fixture.post("/keys/new", &wild).await;
        page.is_sound();
        assert!(page.status == 422 && page.body.contains("wildcard"), "{}", page.body);
    }

    #[tokio::test]
    async fn the_pages_of_a_browser_key_are_changed_in_a_form_of_their_own() {
        let fixture = Fixture::new().await;
        fixture.places().await;
        let page = [
            ("preset", "browser"),
            ("name", "chart"),
            ("project", "bots"),
            ("venue", "binance"),
            ("type", "publishable"),
            ("origins", "https://app.example"),
        ];
        fixture.post("/keys/new", &step("issue", &page)).await;
        let form = fixture.get("/keys/chart/edit").await;
        form.is_sound();
        let body = &form.body;
        assert!(body.contains("https://app.example") && !body.contains("name=\"ip\""), "{body}");
        let other = [("revision", "1"), ("type", "publishable"), ("origins", "https://new.example")];
        let seen = fixture.post("/keys/chart/edit", &step("review", &other)).await;
        seen.is_sound();
        let told = "It works in the pages of https://new.example; before, of https://app.example";
        assert!(seen.body.contains(told), "{}", seen.body);
    }

    #[tokio::test]
    async fn who_may_not_issue_is_told_before_he_fills_in_a_form() {
        let fixture = Fixture::new().await.with(Role::Viewer, false);
        assert_eq!(fixture.get("/keys/new").await.status, 403);
    }
}
