//! `/session`, `/sessions`, `/second-factor` and `/invitation`: how people come in.

use axum::Json;
use keyward_policy::{Actor, Operation, Role};
use serde::Serialize;
use utoipa::ToSchema;

use super::Shared;
use super::admit::{From, Held};
use super::enter::{Codes, Entered, Farewell, Welcome, codes, farewell, welcome};
use super::finish::{Answer, finish};
use super::input::{Acting, Input, Named};
use super::routes::{Routes, Told, does, enters, step};
use crate::operation::operator::accept;
use crate::operation::second_factor::{self, Confirm, Offer};
use crate::operation::session::{self, SignIn, StepUp};
use crate::page::All;
use crate::{Code, Error, reach};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("sessions")
        .get("/session", SHOW, show)
        .post("/session", SIGN_IN, sign_in)
        .delete("/session", SIGN_OUT, sign_out)
        .post("/session/step-up", STEP_UP, step_up)
        .post("/session/password", CHANGE_PASSWORD, change_password)
        .get("/sessions", LIST, list)
        .delete("/sessions", END_OTHERS, end_others)
        .delete("/sessions/{session}", END, end)
        .post("/second-factor", BEGIN, begin)
        .post("/second-factor/confirm", CONFIRM, confirm)
        .post("/second-factor/recovery-codes", RENEW, renew)
        .post("/invitation", OPEN, open)
        .post("/invitation/accept", ACCEPT, accept)
}

/// Who acts.
#[derive(Serialize, ToSchema)]
struct Whoami {
    name: String,
    /// By which way.
    via: &'static str,
    /// Null at the host, who may do everything.
    #[schema(value_type = Option<crate::api::openapi::Role>)]
    role: Option<Role>,
    /// The names of the only projects in which; none means everywhere.
    projects: Vec<String>,
    /// What changes something must repeat in `X-Keyward-CSRF`, where a browser asks.
    csrf: Option<String>,
    /// Until when the second factor counts as shown a moment ago.
    #[schema(value_type = Option<String>, format = DateTime)]
    fresh_until: Option<jiff::Timestamp>,
    /// Whether there is a second factor.
    is_enrolled: bool,
}

const SHOW: Told = enters("session show", "Tell who one is, and what changes in a session must repeat", &[]);

async fn show(
    control: Shared,
    held: Result<Held, Error>,
    actor: Result<Acting, Error>,
) -> Result<Json<Whoami>, Error> {
    if let Ok(Held { session, .. }) = held {
        return Ok(Json(Whoami {
            name: session.name().to_owned(),
            via: "session",
            role: Some(session.role()),
            projects: session.projects(&control).await?,
            csrf: Some(session.csrf.clone()),
            fresh_until: session.fresh_until,
            is_enrolled: session.is_enrolled(),
        }));
    }
    let Acting(actor) = actor?;
    let projects = reach::names(&control.store, actor.reach()).await?;
    let Actor { name, via, authority, .. } = actor;
    let role = match authority {
        keyward_policy::Authority::Operator { role, .. } => Some(role),
        keyward_policy::Authority::Host => None,
    };
    Ok(Json(Whoami { name, via, role, projects, csrf: None, fresh_until: None, is_enrolled: true }))
}

const SIGN_IN: Told = enters(
    "session sign-in",
    "Begin a session with a password and a code",
    &[Code::SignInRefused, Code::CodeNeeded, Code::CodeWrong, Code::ProviderRequired],
);

async fn sign_in(control: Shared, From(caller): From, Input(input): Input<SignIn>) -> Entered<Welcome> {
    let Json(begun) = finish(async move { session::sign_in(&control, &caller, input).await }).await?;
    Ok(welcome(&begun))
}

const SIGN_OUT: Told = enters("session sign-out", "End this session", &[]);

async fn sign_out(control: Shared, held: Held) -> Entered<Farewell> {
    let Json(()) = finish(async move { session::sign_out(&control, &held.session).await }).await?;
    Ok(farewell())
}

const STEP_UP: Told = enters(
    "session step-up",
    "Show the second factor again, by a code",
    &[Code::CodeWrong, Code::SecondFactorMissing],
);

async fn step_up(control: Shared, From(caller): From, held: Held, Input(input): Input<StepUp>) -> Answer<()> {
    finish(async move { session::step_up(&control, &caller, &held.session, &held.shown, input).await }).await
}

const CHANGE_PASSWORD: Told = does(
    Operation::PasswordChange,
    "Change one's own password, and end all other sessions",
    &[Code::SignInRefused, Code::PasswordMissing, Code::PasswordWeak, Code::SecondFactorMissing],
);

async fn change_password(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<session::password::Change>,
) -> Answer<()> {
    finish(async move { session::password::change(&control, &caller, &held.session, input).await }).await
}

const LIST: Told = does(Operation::SessionList, "List one's own sessions, the latest used first", &[]);

async fn list(control: Shared, held: Held) -> Answer<All<session::list::SessionView>> {
    finish(async move { session::list::list(&control, &held.session).await.map(All) }).await
}

const END: Told = does(Operation::SessionEnd, "End one of them", &[Code::SessionUnknown]);

async fn end(control: Shared, held: Held, Named(id): Named) -> Answer<()> {
    finish(async move { session::end::end(&control, &held.session, &id).await }).await
}

/// How many sessions are over.
#[derive(Serialize, ToSchema)]
struct Ended {
    ended: u64,
}

const END_OTHERS: Told = step(Operation::SessionEnd, "session end-others", "End all but this one", &[]);

async fn end_others(control: Shared, held: Held) -> Answer<Ended> {
    finish(
        async move { session::end::end_others(&control, &held.session).await.map(|ended| Ended { ended }) },
    )
    .await
}

const BEGIN: Told =
    step(Operation::DeviceChange, "device begin", "Offer a secret to a new device", &[Code::PasswordMissing]);

async fn begin(control: Shared, held: Held) -> Answer<Offer> {
    finish(async move { second_factor::begin(&control, &held.session, &held.shown).await }).await
}

const CONFIRM: Told = does(
    Operation::DeviceChange,
    "Take the device that has shown a code, in place of the one before",
    &[Code::CodeWrong, Code::SignInRefused, Code::PasswordMissing],
);

async fn confirm(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<Confirm>,
) -> Entered<Codes> {
    let (session, shown) = (held.session, held.shown);
    let taken = async move { second_factor::confirm(&control, &caller, &session, &shown, input).await };
    let Json(taken) = finish(taken).await?;
    Ok(codes(taken))
}

const RENEW: Told = does(
    Operation::RecoveryRenew,
    "Make new recovery codes in place of the old",
    &[Code::SecondFactorMissing],
);

async fn renew(control: Shared, held: Held) -> Entered<Codes> {
    let Json(made) = finish(async move { second_factor::renew(&control, &held.session).await }).await?;
    Ok(codes(made))
}

/// A link's end.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    /// What the link ends in.
    invitation: String,
}

const OPEN: Told = enters("invitation open", "Tell whom a link is for", &[Code::InvitationInvalid]);

async fn open(control: Shared, From(caller): From, Input(link): Input<Link>) -> Answer<accept::Opened> {
    finish(async move { accept::open(&control, &caller, &link.invitation).await }).await
}

const ACCEPT: Told = enters(
    "invitation accept",
    "Become the operator whom a link is for",
    &[Code::InvitationInvalid, Code::PasswordWeak, Code::NameTaken],
);

async fn accept(
    control: Shared,
    From(caller): From,
    Input(input): Input<accept::Accept>,
) -> Entered<Welcome> {
    let Json(begun) = finish(async move { accept::accept(&control, &caller, input).await }).await?;
    Ok(welcome(&begun))
}
