//! Passkeys: signing in with one, showing it again, and one's own. An authenticator answers through a form, which a script
//! fills in; so what becomes of it is decided and shown as anywhere else.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Redirect, Response};
use axum::routing::{get, post};
use keyward_control::api::Held;
use keyward_control::operation::passkey::{self, NewPasskey, PasskeyView};
use keyward_control::operation::session::{self, Asked, Assertion};
use keyward_control::{Control, Error};

use crate::Shared;
use crate::done;
use crate::finish::finish;
use crate::form::Form;
use crate::frame::{Frame, html};
use crate::moment::Moment;
use crate::problem::Failure;
use crate::second_factor::shown;
use crate::session::{Own, OwnPosted, Told, with_session};
use crate::sign_in::refused;
use crate::then::checked;

/// The script of pages where passkeys are used.
pub(crate) const SCRIPT: &str = "passkey.js";

pub(crate) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/sign-in/passkey", post(sign_in))
        .route("/step-up/passkey", post(step_up))
        .route("/account/passkeys", post(add))
        .route("/account/passkeys/new", get(ask))
        .route("/account/passkeys/{id}/remove", post(remove))
}

/// What the form says that lets an authenticator make one.
pub(crate) struct Offered {
    pub(crate) challenge: String,
    pub(crate) site: String,
    pub(crate) user: String,
    pub(crate) name: String,
    pub(crate) algorithms: String,
    pub(crate) known: String,
}

/// A passkey in the table.
pub(crate) struct Row {
    pub(crate) passkey: PasskeyView,
    pub(crate) added: Moment,
    pub(crate) used: Option<Moment>,
}

#[derive(Template)]
#[template(path = "passkey_new.html")]
struct Page {
    frame: Frame,
    offered: Offered,
}

impl Offered {
    /// For whoever has this session.
    pub(crate) async fn to(control: &Control, own: &Own) -> Result<Self, Error> {
        let offered = passkey::begin(control, &own.0.session).await?;
        let algorithms: Vec<_> = offered.algorithms.iter().map(i64::to_string).collect();
        Ok(Self {
            challenge: offered.challenge,
            site: offered.site,
            user: offered.user,
            name: offered.name,
            algorithms: algorithms.join(" "),
            known: offered.known.join(" "),
        })
    }
}

/// One's own passkeys, as rows.
pub(crate) async fn rows(control: &Control, own: &Own) -> Result<Vec<Row>, Error> {
    let (now, passkeys) = (control.now(), passkey::list(control, &own.0.session).await?);
    let row = |passkey: PasskeyView| Row {
        added: Moment::new(passkey.created_at, now),
        used: passkey.used_at.map(|at| Moment::new(at, now)),
        passkey,
    };
    Ok(passkeys.into_iter().map(row).collect())
}

/// What has to be signed in this session, where its operator has a passkey.
pub(crate) async fn asked(control: &Control, held: Option<Held>) -> Result<Option<Asked>, Error> {
    let Some(Held { session, .. }) = held else { return Ok(None) };
    let has_one = !passkey::list(control, &session).await?.is_empty();
    if has_one { session::ask_to_step_up(control, &session).map(Some) } else { Ok(None) }
}

/// What an authenticator has put into a form.
pub(crate) fn assertion(form: &Form) -> Assertion {
    Assertion {
        id: form.text_or_empty("id"),
        client_data: form.text_or_empty("client_data"),
        authenticator_data: form.text_or_empty("authenticator_data"),
        signature: form.text_or_empty("signature"),
    }
}

async fn sign_in(State(control): Shared, Told(caller, form): Told) -> Result<Response, Failure> {
    let (then, input) = (checked(&form.text_or_empty("then")).to_owned(), assertion(&form));
    let signing = Arc::clone(&control);
    let begun = finish(async move { session::sign_in_with_passkey(&signing, &caller, input).await });
    match begun.await {
        Ok(begun) => Ok(with_session(&begun, Redirect::to(&then))),
        Err(error) => refused(&control, &then, String::new(), error),
    }
}

async fn step_up(
    State(control): Shared,
    OwnPosted(own, caller, form): OwnPosted,
) -> Result<Redirect, Failure> {
    let (then, input) = (checked(&form.text_or_empty("then")).to_owned(), assertion(&form));
    let session = own.0.session;
    finish(async move { session::step_up_with_passkey(&control, &caller, &session, input).await }).await?;
    Ok(Redirect::to(&then))
}

async fn ask(State(control): Shared, own: Own) -> Result<Response, Failure> {
    let page = finish(async move {
        let frame = Frame::of_session(&own, "Add a passkey").with_script(SCRIPT);
        Ok(Page { frame, offered: Offered::to(&control, &own).await? })
    });
    Ok(html(&page.await?))
}

async fn add(State(control): Shared, OwnPosted(own, caller, form): OwnPosted) -> Result<Response, Failure> {
    let input = NewPasskey {
        name: form.text_or_empty("name"),
        id: form.text_or_empty("id"),
        client_data: form.text_or_empty("client_data"),
        authenticator_data: form.text_or_empty("authenticator_data"),
        public_key: form.text_or_empty("public_key"),
        algorithm: form.text_or_empty("algorithm").parse().unwrap_or_default(),
    };
    let asker = own.clone();
    let codes = finish(async move { passkey::add(&control, &caller, &asker.0.session, input).await }).await?;
    if codes.codes.is_empty() {
        return Ok(done::lead_to("/account", "passkey-added"));
    }
    Ok(shown(&own, codes))
}

async fn remove(
    State(control): Shared,
    Path(id): Path<String>,
    OwnPosted(own, ..): OwnPosted,
) -> Result<Response, Failure> {
    finish(async move { passkey::remove(&control, &own.0.session, &id).await }).await?;
    Ok(done::lead_to("/account", "passkey-removed"))
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;
    use crate::form::TOKEN;

    #[tokio::test]
    async fn pages_offer_passkeys_and_none_that_was_made_up_is_taken() {
        let fixture = Fixture::new().await;
        let page = fixture.get_as_nobody("/sign-in").await;
        assert!(
            page.body.contains("data-passkey=\"get\"") && page.body.contains("console.test"),
            "{}",
            page.body
        );
        let mut ada = fixture.join("ada", "owner").await;
        let page = ada.get("/account/passkeys/new").await;
        page.is_whole();
        assert!(page.body.contains("data-passkey=\"create\" data-challenge=\""), "{}", page.body);
        let csrf = page.csrf().to_owned();
        let made_up = [("name", "x"), ("id", "AAAA"), ("client_data", "AAAA"), (TOKEN, &*csrf)];
        for path in ["/account/passkeys", "/step-up/passkey", "/account/passkeys/AAAA/remove"] {
            let page = ada.post(path, &made_up).await;
            assert!(matches!(page.status, 403 | 404), "{path}: {}", page.body);
            page.is_whole();
        }
    }
}
