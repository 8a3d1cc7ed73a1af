//! `/passkeys`, and `/session/passkey`: what a browser and an authenticator do together.

use axum::Json;
use keyward_policy::Operation;

use super::Shared;
use super::admit::{From, Held};
use super::enter::{Codes, Entered, Welcome, codes, welcome};
use super::finish::{Answer, finish};
use super::input::{Input, Named};
use super::routes::{Routes, Told, does, enters, step};
use crate::Code;
use crate::operation::passkey::{self, NewPasskey, Offered, PasskeyView};
use crate::operation::session::{self, Asked, Assertion};
use crate::page::All;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("passkeys")
        .get("/passkeys", LIST, list)
        .post("/passkeys", ADD, add)
        .post("/passkeys/begin", BEGIN, begin)
        .delete("/passkeys/{passkey}", REMOVE, remove)
        .post("/session/passkey", SIGN_IN, sign_in)
        .post("/session/passkey/begin", ASK_TO_SIGN_IN, ask_to_sign_in)
        .post("/session/step-up/passkey", STEP_UP, step_up)
        .post("/session/step-up/passkey/begin", ASK_TO_STEP_UP, ask_to_step_up)
}

const LIST: Told = does(Operation::PasskeyList, "List one's own passkeys, the oldest first", &[]);

async fn list(control: Shared, held: Held) -> Answer<All<PasskeyView>> {
    finish(async move { passkey::list(&control, &held.session).await.map(All) }).await
}

const BEGIN: Told = step(
    Operation::PasskeyAdd,
    "passkey begin",
    "Tell what a new one has to look like",
    &[Code::PasskeysUnavailable],
);

async fn begin(control: Shared, held: Held) -> Answer<Offered> {
    finish(async move { passkey::begin(&control, &held.session).await }).await
}

const ADD: Told = does(
    Operation::PasskeyAdd,
    "Add one; where it is the first second factor, recovery codes come with it",
    &[Code::PasskeyRefused, Code::TooMany, Code::NameInvalid, Code::NameTaken],
);

async fn add(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<NewPasskey>,
) -> Entered<Codes> {
    let added = async move { passkey::add(&control, &caller, &held.session, input).await };
    let Json(added) = finish(added).await?;
    Ok(codes(added))
}

const REMOVE: Told = does(
    Operation::PasskeyRemove,
    "Remove one",
    &[Code::PasskeyUnknown, Code::LastFactor, Code::SecondFactorMissing],
);

async fn remove(control: Shared, held: Held, Named(id): Named) -> Answer<()> {
    finish(async move { passkey::remove(&control, &held.session, &id).await }).await
}

const ASK_TO_SIGN_IN: Told = enters(
    "session passkey begin",
    "Tell what a passkey has to sign to begin a session",
    &[Code::PasskeysUnavailable],
);

async fn ask_to_sign_in(control: Shared) -> Answer<Asked> {
    finish(async move { session::ask_to_sign_in(&control) }).await
}

const SIGN_IN: Told = enters(
    "session passkey",
    "Begin a session with a passkey",
    &[Code::PasskeyRefused, Code::PasskeysUnavailable, Code::ProviderRequired],
);

async fn sign_in(control: Shared, From(caller): From, Input(input): Input<Assertion>) -> Entered<Welcome> {
    let begun = async move { session::sign_in_with_passkey(&control, &caller, input).await };
    let Json(begun) = finish(begun).await?;
    Ok(welcome(&begun))
}

const ASK_TO_STEP_UP: Told = enters(
    "session step-up passkey begin",
    "Tell what a passkey has to sign to be shown again",
    &[Code::PasskeysUnavailable, Code::SecondFactorMissing],
);

async fn ask_to_step_up(control: Shared, held: Held) -> Answer<Asked> {
    finish(async move { session::ask_to_step_up(&control, &held.session) }).await
}

const STEP_UP: Told = enters(
    "session step-up passkey",
    "Show the second factor again, by a passkey",
    &[Code::PasskeyRefused, Code::PasskeysUnavailable, Code::SecondFactorMissing],
);

async fn step_up(
    control: Shared,
    From(caller): From,
    held: Held,
    Input(input): Input<Assertion>,
) -> Answer<()> {
    finish(async move { session::step_up_with_passkey(&control, &caller, &held.session, input).await }).await
}
