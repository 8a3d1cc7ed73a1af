//! Signing in after the identity provider has vouched: by a passkey, by a recovery code, or with nothing where there is nothing.

use keyward_policy::Operator;
use serde_json::json;

use super::arrive::standing;
use super::note;
use crate::oidc::{Errand, Half};
use crate::operation::session::prove::{self, Assertion};
use crate::operation::session::{Proved, SignedIn, start};
use crate::people::passkey::Wrong;
use crate::people::{Caller, Purpose, RecoveryCode, digest};
use crate::{Code, Control, Error};

/// Signs in by a passkey of the very operator for whom the provider has vouched, and spends the ticket.
///
/// # Errors
/// `sign_in_expired`, `identity_unknown`, `passkey_refused`, `passkeys_unavailable`, `too_many_attempts`,
/// `provider_missing`; `store_unavailable`.
pub async fn enter_by_passkey(
    control: &Control,
    caller: &Caller,
    ticket: &str,
    input: Assertion,
) -> Result<SignedIn, Error> {
    let (half, operator) = half_in(control, ticket).await?;
    control.attempts.begin(caller, &operator.name, control.now())?;
    let proved = prove::prove(control, Purpose::HalfWay(&digest(ticket)), &input).await?;
    let proved = proved.and_then(|who| if who.id == operator.id { Ok(()) } else { Err(Wrong::Unknown) });
    if let Err(wrong) = proved {
        note(
            control,
            caller,
            &operator.name,
            json!({ "outcome": wrong.to_string(), "subject": half.vouched.subject }),
        );
        let error = Error::new(Code::PasskeyRefused, "the passkey was not accepted");
        return Err(error.hint("try again, or type a recovery code"));
    }
    enter(control, caller, ticket, &operator, Proved::WithoutDevice).await
}

/// Signs in by a recovery code, for who has lost his passkey, and spends the ticket.
///
/// # Errors
/// `sign_in_expired`, `identity_unknown`, `code_wrong`, `too_many_attempts`, `provider_missing`; `store_unavailable`.
pub async fn enter_by_recovery_code(
    control: &Control,
    caller: &Caller,
    ticket: &str,
    code: &str,
) -> Result<SignedIn, Error> {
    let (half, operator) = half_in(control, ticket).await?;
    control.attempts.begin(caller, &operator.name, control.now())?;
    if !control.store.use_recovery_code(operator.id, &RecoveryCode::digest(code)).await? {
        let details = json!({ "outcome": Code::CodeWrong.as_str(), "subject": half.vouched.subject });
        note(control, caller, &operator.name, details);
        let error = Error::new(Code::CodeWrong, "this recovery code is wrong, or was used before");
        return Err(error.hint("take another one of the ten"));
    }
    enter(control, caller, ticket, &operator, Proved::WithoutDevice).await
}

/// Begins a session in which nothing can be done but to add a passkey, for who has no second factor yet.
///
/// # Errors
/// `sign_in_expired`, `identity_unknown`, `passkey_missing` for who has one after all, `provider_missing`;
/// `store_unavailable`.
pub async fn enter_to_add_passkey(
    control: &Control,
    caller: &Caller,
    ticket: &str,
) -> Result<SignedIn, Error> {
    let (_, operator) = half_in(control, ticket).await?;
    let has_device = control.store.totp(operator.id).await?.is_some();
    if has_device || !control.store.passkeys(operator.id).await?.is_empty() {
        return Err(Error::new(Code::PasskeyRefused, "you have a second factor: show it").hint("begin again"));
    }
    enter(control, caller, ticket, &operator, Proved::Nothing).await
}

/// Who is half in, and may come in.
async fn half_in(control: &Control, ticket: &str) -> Result<(Half, Operator), Error> {
    let half = control.provider()?.look(ticket, control.now())?;
    let Errand::SignIn(id) = half.errand else { return Err(elsewhere()) };
    Ok((half, standing(control, id).await?))
}

async fn enter(
    control: &Control,
    caller: &Caller,
    ticket: &str,
    operator: &Operator,
    proved: Proved<'_>,
) -> Result<SignedIn, Error> {
    // Of two who try at once with one ticket, the second finds it spent.
    let half = control.provider()?.take(ticket, control.now())?;
    control.attempts.succeeded(caller, &operator.name);
    note(control, caller, &operator.name, json!({ "outcome": "signed in", "subject": half.vouched.subject }));
    start(control, caller, operator, proved).await
}

/// A ticket for one thing is good for nothing else.
pub(super) fn elsewhere() -> Error {
    Error::new(Code::SignInExpired, "this sign-in was begun for something else").hint("begin again")
}
