//! `/passkeys`, and `/session/passkey`: what a browser and an authenticator do together.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde_json::json;

use super::Shared;
use super::admit::{From, Held};
use super::finish::{Answer, finish};
use super::input::{Input, Named};
use super::session::with_session;
use crate::operation::passkey::{self, NewPasskey, Offered, PasskeyView};
use crate::operation::second_factor::RecoveryCodes;
use crate::operation::session::{self, Asked, Assertion};
use crate::{Control, Error};

/// The routes.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/passkeys", get(list).post(add))
        .route("/passkeys/begin", post(begin))
        .route("/passkeys/{id}", delete(remove))
        .route("/session/passkey", post(sign_in))
        .route("/session/passkey/begin", post(ask_to_sign_in))
        .route("/session/step-up/passkey", post(step_up))
        .route("/session/step-up/passkey/begin", post(ask_to_step_up))
}

async fn list(control: Shared, held: Held) -> Answer<Vec<PasskeyView>> {
    finish(async move { passkey::list(&control, &held.session).await }).await
}

async fn begin(control: Shared, held: Held) -> Answer<Offered> {
    finish(async move { passkey::begin(&control, &held.session).await }).await
}

async fn add(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<NewPasskey>,
) -> Result<Response, Error> {
    let Json(RecoveryCodes { codes, signed_in }) =
        finish(async move { passkey::add(&control, &caller, &held.session, input).await }).await?;
    let body = json!({ "codes": codes });
    Ok(match signed_in {
        Some(begun) => with_session(&begun, body),
        None => Json(body).into_response(),
    })
}

async fn remove(control: Shared, held: Held, Named(id): Named) -> Answer<()> {
    finish(async move { passkey::remove(&control, &held.session, &id).await }).await
}

async fn ask_to_sign_in(control: Shared) -> Answer<Asked> {
    finish(async move { session::ask_to_sign_in(&control) }).await
}

async fn sign_in(
    control: Shared,
    From(caller): From,
    Input(input): Input<Assertion>,
) -> Result<Response, Error> {
    let Json(begun) =
        finish(async move { session::sign_in_with_passkey(&control, &caller, input).await }).await?;
    Ok(with_session(&begun, json!({ "is_enrolled": begun.is_enrolled })))
}

async fn ask_to_step_up(control: Shared, held: Held) -> Answer<Asked> {
    finish(async move { session::ask_to_step_up(&control, &held.session) }).await
}

async fn step_up(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<Assertion>,
) -> Answer<()> {
    finish(async move { session::step_up_with_passkey(&control, &caller, &held.session, input).await }).await
}
