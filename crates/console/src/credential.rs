//! `/credentials`: the real exchange keys, sealed in the vault.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::get;
use keyward_control::operation::credential::check::{Checked, check};
use keyward_control::operation::credential::{
    CredentialView, LastCheck, add, generate, list, remove, set_api_key, show,
};
use keyward_control::operation::venue;
use keyward_control::{Code, Control, Error, Part};
use keyward_policy::{Mode, Operation};

use crate::Shared;
use crate::confirm::Confirm;
use crate::done;
use crate::finish::finish;
use crate::form::{Form, Posted};
use crate::frame::{Frame, Section, html};
use crate::key::{projects, tell};
use crate::moment::Moment;
use crate::parts::Choice;
use crate::problem::Failure;
use crate::project::Seen;
use crate::visitor::Visitor;

/// The most venues that can be chosen among.
const VENUES_MAX: u32 = 200;

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/credentials", get(show_all))
        .route("/credentials/new", get(ask_real).post(make))
        .route("/credentials/generate", get(ask_pair).post(make_pair))
        .route("/credentials/{credential}", get(show_one))
        .route("/credentials/{credential}/check", get(ask_check).post(check_it))
        .route("/credentials/{credential}/api-key", get(show_one).post(name_it))
        .route("/credentials/{credential}/remove", get(ask_removal).post(take_away))
}

#[derive(Template)]
#[template(path = "credentials.html")]
struct Page {
    frame: Frame,
    credentials: Vec<CredentialView>,
    next: Option<String>,
    may_add: bool,
    may_check: bool,
}

#[derive(Template)]
#[template(path = "credential.html")]
struct One {
    frame: Frame,
    credential: CredentialView,
    created: Moment,
    /// When the exchange was asked last, and what is too much of what it said.
    asked: Option<(Moment, String)>,
    checked: Option<Checked>,
}

impl One {
    fn may(&self, operation: Operation) -> bool {
        self.frame.may(operation)
    }

    fn may_name(&self) -> bool {
        self.may(Operation::CredentialApiKey) && self.credential.api_key.is_none()
    }

    fn may_check(&self) -> bool {
        self.may(Operation::CredentialCheck) && self.credential.api_key.is_some()
    }

    fn may_remove(&self) -> bool {
        self.may(Operation::CredentialRemove)
    }
}

#[derive(Template)]
#[template(path = "credential_form.html")]
struct Asking {
    frame: Frame,
    venues: Vec<Choice>,
    projects: Vec<Choice>,
    /// Whether a pair is made in the vault, rather than a key taken that the exchange made.
    is_pair: bool,
}

async fn show_all(control: Shared, visitor: Visitor, Query(seen): Query<Seen>) -> Result<Response, Failure> {
    let page = finish(async move {
        let listed = list::list(&control, &visitor.actor, seen.part()).await?;
        Ok(Page {
            credentials: listed.items,
            next: Seen::following("/credentials", listed.next),
            may_add: visitor.may(Operation::CredentialAdd),
            may_check: visitor.may(Operation::CredentialCheck),
            frame: Frame::new(visitor, Section::Credentials, "Credentials").after(Some(&seen.done)),
        })
    });
    Ok(html(&page.await?))
}

async fn show_one(
    control: Shared,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(seen): Query<Seen>,
) -> Result<Response, Failure> {
    let page = finish(async move { One::of(&control, visitor, &name, None).await }).await?;
    Ok(html(&One { frame: page.frame.after(Some(&seen.done)), ..page }))
}

impl One {
    async fn of(
        control: &Control,
        visitor: Visitor,
        name: &str,
        checked: Option<Checked>,
    ) -> Result<Self, Error> {
        let credential = show::show(control, &visitor.actor, name).await?;
        let created = Moment::new(credential.created_at, control.now());
        let frame = Frame::new(visitor, Section::Credentials, credential.name.clone());
        let asked = credential.checked.map(|last| (Moment::new(last.at, control.now()), said(&last)));
        Ok(Self { frame, credential, created, asked, checked })
    }
}

/// What the exchange said that a thief could use.
fn said(last: &LastCheck) -> String {
    let said = [
        (last.can_withdraw, "it can withdraw"),
        (last.can_transfer, "it can move money inside the exchange"),
        (!last.ip_restricted, "it is taken from any address"),
    ];
    let said: Vec<_> = said.into_iter().filter(|(is_so, _)| *is_so).map(|(_, words)| words).collect();
    if said.is_empty() { "nothing is too much".to_owned() } else { said.join(", ") }
}

async fn ask_real(control: Shared, visitor: Visitor) -> Result<Response, Failure> {
    ask(control, visitor, false).await
}

async fn ask_pair(control: Shared, visitor: Visitor) -> Result<Response, Failure> {
    ask(control, visitor, true).await
}

async fn ask(control: Shared, visitor: Visitor, is_pair: bool) -> Result<Response, Failure> {
    let page = finish(async move {
        let (venues, projects) = (venues(&control, &visitor).await?, projects(&control, &visitor, "").await?);
        let title = if is_pair { "Make a key pair in the vault" } else { "Add a real key" };
        Ok(Asking { frame: Frame::new(visitor, Section::Credentials, title), venues, projects, is_pair })
    });
    Ok(html(&page.await?))
}

/// The venues that take a real key; the only one is chosen.
async fn venues(control: &Control, visitor: &Visitor) -> Result<Vec<Choice>, Error> {
    let part = Part { limit: Some(VENUES_MAX), after: None };
    let venues = venue::list::list(control, &visitor.actor, part).await?.items;
    let venues: Vec<_> = venues.into_iter().filter(|venue| venue.mode == Mode::Resign).collect();
    let chosen = if let [only] = &venues[..] { only.name.clone() } else { String::new() };
    Ok(venues.into_iter().map(|venue| Choice::new(venue.name, &chosen)).collect())
}

async fn make(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let input = request(&form)?;
    let made = finish(async move { add::add(&control, &visitor.actor, input).await }).await?;
    Ok(done::lead_to(&format!("/credentials/{}", made.id), "credential-added"))
}

fn request(form: &Form) -> Result<add::Add, Error> {
    let missing = || {
        Error::new(Code::SecretInvalid, "there is no secret").hint("paste the one that the exchange shows")
    };
    Ok(add::Add {
        name: form.text_or_empty("name"),
        venue: form.text_or_empty("venue"),
        project: form.text("project"),
        api_key: form.text_or_empty("api_key"),
        secret: form.secret("secret")?.ok_or_else(missing)?,
        passphrase: form.secret("passphrase")?,
    })
}

async fn make_pair(control: Shared, Posted(visitor, form): Posted) -> Result<Response, Failure> {
    let (name, venue) = (form.text_or_empty("name"), form.text_or_empty("venue"));
    let input = generate::Generate { name, venue, project: form.text("project") };
    let made = finish(async move { generate::generate(&control, &visitor.actor, input).await }).await?;
    Ok(done::lead_to(&format!("/credentials/{}", made.id), "credential-generated"))
}

async fn name_it(
    control: Shared,
    Path(name): Path<String>,
    Posted(visitor, form): Posted,
) -> Result<Response, Failure> {
    let input = set_api_key::SetApiKey { api_key: form.text_or_empty("api_key") };
    let named = finish(async move { set_api_key::set_api_key(&control, &visitor.actor, &name, input).await });
    Ok(done::lead_to(&format!("/credentials/{}", named.await?.id), "credential-named"))
}

async fn ask_check(control: Shared, visitor: Visitor, Path(name): Path<String>) -> Result<Response, Failure> {
    let page = finish(async move { One::of(&control, visitor, &name, None).await }).await?;
    Ok(html(&page))
}

/// Asks the exchange, and shows its answer on the credential's page: it is true now, and kept nowhere.
async fn check_it(
    control: Shared,
    Path(name): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let page = finish(async move {
        let checked = check(&control, &visitor.actor, &name).await?;
        One::of(&control, visitor, &name, Some(checked)).await
    });
    Ok(html(&page.await?))
}

async fn ask_removal(
    control: Shared,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let actor = visitor.actor.clone();
    let credential = finish(async move { show::show(&control, &actor, &name).await }).await?;
    let effects = vec![
        "Keyward forgets the real key. Nothing starts to be sent with it any more.".to_owned(),
        "It can be removed when no key holds a grant on it.".to_owned(),
        "At the exchange it lives on until you delete it there.".to_owned(),
    ];
    let frame = Frame::new(visitor, Section::Credentials, format!("Remove {}?", credential.name));
    let (button, back) = (format!("Remove {}", credential.name), format!("/credentials/{}", credential.id));
    Ok(Confirm { frame, effects, button, is_danger: true, ticked: None, fields: Vec::new(), back }.page())
}

async fn take_away(
    control: Shared,
    Path(name): Path<String>,
    Posted(visitor, _): Posted,
) -> Result<Response, Failure> {
    let (within, actor) = (control.clone(), visitor.actor.clone());
    let stopped = finish(async move { remove::remove(&within, &actor, &name).await }).await?;
    let (on_wire, count) = (&stopped.on_wire, stopped.on_wire_count);
    Ok(tell(&control, visitor, on_wire, count, "/credentials", "credential-removed"))
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, SECRET};

    #[tokio::test]
    async fn a_real_key_is_added_and_never_shown_again() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        let page = fixture.get("/credentials/new").await;
        page.is_sound();
        assert!(page.body.contains("value=\"binance\" selected"), "{}", page.body);
        let form = [("name", "desk"), ("venue", "binance"), ("api_key", "REALKEY"), ("secret", SECRET)];
        let made = fixture.post("/credentials/new", &form).await;
        assert_eq!(made.status, 303, "{}", made.body);
        for path in [made.location(), "/credentials", "/audit", "/"] {
            let page = fixture.get(path).await;
            page.is_sound();
            assert!(!page.body.contains(SECRET), "{path}");
        }
        assert_eq!(fixture.post("/credentials/desk/check", &[]).await.status, 502);
        fixture.get("/credentials/desk/remove").await.is_sound();
        assert_eq!(fixture.post("/credentials/desk/remove", &[]).await.status, 303);
    }

    #[tokio::test]
    async fn a_pair_is_made_and_gets_its_name_from_the_exchange() {
        let fixture = Fixture::new().await;
        fixture.venue("binance").await;
        fixture.project("desk").await;
        fixture.get("/credentials/generate").await.is_sound();
        let form = [("name", "pair"), ("venue", "binance"), ("project", "desk")];
        let made = fixture.post("/credentials/generate", &form).await;
        let page = fixture.get(made.location()).await;
        page.is_sound();
        assert!(page.body.contains("desk only"), "{}", page.body);
        assert!(page.body.contains("BEGIN PUBLIC KEY") && page.body.contains("/api-key"));
        let named = fixture.post("/credentials/pair/api-key", &[("api_key", "FROMTHEM")]).await;
        assert!(fixture.get(named.location()).await.body.contains("FROMTHEM"));
    }

    #[tokio::test]
    async fn what_the_exchange_says_is_shown_with_what_is_too_much() {
        let fixture = Fixture::new().await;
        fixture.places().await;
        fixture.exchange_lets_withdraw();
        let page = fixture.post("/credentials/main/check", &[]).await;
        page.is_sound();
        assert!(page.body.contains("this key can withdraw"), "{}", page.body);
    }
}
