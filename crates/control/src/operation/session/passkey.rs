//! Signing in with a passkey alone, and showing it again in a session.

use keyward_policy::Actor;
use serde_json::json;

use super::prove::{Asked, Assertion, ask, prove, refused};
use super::sign_in::check_way;
use super::{Proved, Session, SignedIn, start};
use crate::people::passkey::Wrong;
use crate::people::{Caller, Purpose};
use crate::{Control, Error};

/// Whoever signs in with a passkey says no name: this one stands for all of them where attempts are counted.
const ANYBODY: &str = "(passkey)";

/// What has to be signed to sign in.
///
/// # Errors
/// `passkeys_unavailable`.
pub fn ask_to_sign_in(control: &Control) -> Result<Asked, Error> {
    ask(control, Purpose::SignIn)
}

/// Signs somebody in by a passkey: it is both of his factors.
///
/// # Errors
/// `passkey_refused`, `passkeys_unavailable`, `provider_required`, `too_many_attempts`; `store_unavailable`.
pub async fn sign_in_with_passkey(
    control: &Control,
    caller: &Caller,
    input: Assertion,
) -> Result<SignedIn, Error> {
    control.attempts.begin(caller, ANYBODY, control.now())?;
    let somebody = |name: &str| Actor::unproved(name, "console");
    let operator = prove(control, Purpose::SignIn, &input).await?;
    let operator = operator.map_err(|wrong| refused(control, &somebody(ANYBODY), caller, wrong))?;
    control.attempts.succeeded(caller, ANYBODY);
    if let Err(error) = check_way(control, &operator).await {
        let details =
            json!({ "outcome": error.code().as_str(), "address": caller.address, "passkey": input.id });
        control.note_of(&somebody(&operator.name), "session sign-in", details);
        return Err(error);
    }
    let details = json!({ "outcome": "signed in", "address": caller.address, "passkey": input.id });
    control.note_of(&somebody(&operator.name), "session sign-in", details);
    start(control, caller, &operator, Proved::WithoutDevice).await
}

/// What has to be signed to show it again in this session.
///
/// # Errors
/// `passkeys_unavailable`, `second_factor_missing`.
pub fn ask_to_step_up(control: &Control, session: &Session) -> Result<Asked, Error> {
    session.actor()?;
    ask(control, Purpose::StepUp(&session.digest))
}

/// Takes a passkey of the session's operator as his second factor.
///
/// # Errors
/// `passkey_refused`, `passkeys_unavailable`, `too_many_attempts`, `second_factor_missing`; `store_unavailable`.
pub async fn step_up_with_passkey(
    control: &Control,
    caller: &Caller,
    session: &Session,
    input: Assertion,
) -> Result<(), Error> {
    let (actor, name) = (session.actor()?, &session.operator.name);
    control.attempts.begin(caller, name, control.now())?;
    let proved = prove(control, Purpose::StepUp(&session.digest), &input).await?;
    let is_his = |operator: &keyward_policy::Operator| operator.id == session.operator.id;
    let proved = proved.and_then(|operator| if is_his(&operator) { Ok(()) } else { Err(Wrong::Unknown) });
    proved.map_err(|wrong| refused(control, &actor, caller, wrong))?;
    control.attempts.succeeded(caller, name);
    let details = json!({ "outcome": "shown", "address": caller.address, "passkey": input.id });
    control.note_of(&actor, "second factor", details);
    Ok(control.store.freshen_session(&session.digest, control.now()).await?)
}
