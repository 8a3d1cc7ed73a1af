//! `/session`, `/sessions`, `/second-factor` and `/invitation`: how people come in.

use std::sync::Arc;

use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use keyward_policy::{Actor, Role};
use serde::Serialize;
use serde_json::json;

use super::Shared;
use super::admit::{From, Held, set_cookie, unset_cookie};
use super::finish::{Answer, finish};
use super::input::{Acting, Input, Named};
use crate::operation::operator::accept;
use crate::operation::second_factor::{self, Confirm, Offer, RecoveryCodes};
use crate::operation::session::{self, SignIn, SignedIn, StepUp};
use crate::{Control, Error};

/// The routes.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/session", get(show).post(sign_in).delete(sign_out))
        .route("/session/step-up", post(step_up))
        .route("/session/password", post(change_password))
        .route("/sessions", get(list).delete(end_others))
        .route("/sessions/{id}", delete(end))
        .route("/second-factor", post(begin))
        .route("/second-factor/confirm", post(confirm))
        .route("/second-factor/recovery-codes", post(renew))
        .route("/invitation", post(open))
        .route("/invitation/accept", post(accept))
}

/// Who acts.
#[derive(Serialize)]
struct Whoami {
    name: String,
    via: &'static str,
    role: Option<Role>,
    /// What changes something must repeat in `X-Keyward-CSRF`, where a browser asks.
    csrf: Option<String>,
    fresh_until: Option<jiff::Timestamp>,
    is_enrolled: bool,
}

async fn show(held: Result<Held, Error>, actor: Result<Acting, Error>) -> Result<Json<Whoami>, Error> {
    if let Ok(Held { session, .. }) = held {
        return Ok(Json(Whoami {
            name: session.name().to_owned(),
            via: "session",
            role: Some(session.role()),
            csrf: Some(session.csrf.clone()),
            fresh_until: session.fresh_until,
            is_enrolled: session.is_enrolled(),
        }));
    }
    let Acting(Actor { name, via, authority }) = actor?;
    let role = match authority {
        keyward_policy::Authority::Operator { role, .. } => Some(role),
        keyward_policy::Authority::Host => None,
    };
    Ok(Json(Whoami { name, via, role, csrf: None, fresh_until: None, is_enrolled: true }))
}

async fn sign_in(
    control: Shared,
    From(caller): From,
    Input(input): Input<SignIn>,
) -> Result<Response, Error> {
    let Json(begun) = finish(async move { session::sign_in(&control, &caller, input).await }).await?;
    Ok(with_session(&begun, json!({ "is_enrolled": begun.is_enrolled })))
}

/// The session goes into the cookie, where no script sees it, and into nothing else.
pub(super) fn with_session(begun: &SignedIn, body: serde_json::Value) -> Response {
    ([(SET_COOKIE, set_cookie(begun.session.text()))], Json(body)).into_response()
}

async fn sign_out(control: Shared, held: Held) -> Result<Response, Error> {
    let Json(()) = finish(async move { session::sign_out(&control, &held.session).await }).await?;
    Ok(([(SET_COOKIE, unset_cookie())], Json(json!({}))).into_response())
}

async fn step_up(control: Shared, From(caller): From, held: Held, Input(input): Input<StepUp>) -> Answer<()> {
    finish(async move { session::step_up(&control, &caller, &held.session, &held.shown, input).await }).await
}

async fn change_password(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<session::password::Change>,
) -> Answer<()> {
    finish(async move { session::password::change(&control, &caller, &held.session, input).await }).await
}

async fn list(control: Shared, held: Held) -> Answer<Vec<session::list::SessionView>> {
    finish(async move { session::list::list(&control, &held.session).await }).await
}

async fn end(control: Shared, held: Held, Named(id): Named) -> Answer<()> {
    finish(async move { session::end::end(&control, &held.session, &id).await }).await
}

async fn end_others(control: Shared, held: Held) -> Answer<serde_json::Value> {
    finish(async move {
        let ended = session::end::end_others(&control, &held.session).await?;
        Ok(json!({ "ended": ended }))
    })
    .await
}

async fn begin(control: Shared, held: Held) -> Answer<Offer> {
    finish(async move { second_factor::begin(&control, &held.session, &held.shown).await }).await
}

async fn confirm(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<Confirm>,
) -> Result<Response, Error> {
    let Json(taken) =
        finish(
            async move { second_factor::confirm(&control, &caller, &held.session, &held.shown, input).await },
        )
        .await?;
    let RecoveryCodes { codes, signed_in } = taken;
    let body = json!({ "codes": codes });
    Ok(match signed_in {
        Some(begun) => with_session(&begun, body),
        None => Json(body).into_response(),
    })
}

async fn renew(control: Shared, held: Held) -> Answer<RecoveryCodes> {
    finish(async move { second_factor::renew(&control, &held.session).await }).await
}

/// A link's end.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    invitation: String,
}

async fn open(control: Shared, From(caller): From, Input(link): Input<Link>) -> Answer<accept::Opened> {
    finish(async move { accept::open(&control, &caller, &link.invitation).await }).await
}

async fn accept(
    control: Shared,
    From(caller): From,
    Input(input): Input<accept::Accept>,
) -> Result<Response, Error> {
    let Json(begun) = finish(async move { accept::accept(&control, &caller, input).await }).await?;
    Ok(with_session(&begun, json!({ "is_enrolled": begun.is_enrolled })))
}
