//! Showing the second factor again, for what a session alone must not do.

use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::sign_in::check_code;
use super::{BOUND_TO, Session};
use crate::people::{Caller, bearer_key};
use crate::{Code, Control, Error};

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepUp {
    /// What the device shows now, or a recovery code.
    pub code: String,
}

/// Takes a code. `shown` is what the browser holds: without it the device's secret does not open.
///
/// # Errors
/// `code_wrong`, `too_many_attempts`, `second_factor_missing`; `store_unavailable`.
pub async fn step_up(
    control: &Control,
    caller: &Caller,
    session: &Session,
    shown: &str,
    input: StepUp,
) -> Result<(), Error> {
    let actor = session.actor()?;
    if session.sealed.as_bytes().is_empty() {
        return Err(Error::new(Code::CodeWrong, "this session began without a device's code")
            .hint("use your passkey, or sign in again with the code"));
    }
    control.attempts.begin(caller, &session.operator.name, control.now())?;
    let secret = bearer_key(shown)?.open(BOUND_TO, &session.sealed)?;
    let checked = check_code(control, caller, &session.operator, &secret, &input.code).await;
    let outcome = checked.as_ref().map_or_else(|error| error.code().as_str(), |()| "shown");
    control.note_of(&actor, "second factor", json!({ "outcome": outcome, "address": caller.address }));
    checked?;
    control.attempts.succeeded(caller, &session.operator.name);
    Ok(control.store.freshen_session(&session.digest, control.now()).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::fixture::people::{Person, caller};
    use crate::operation::session::of;

    #[tokio::test]
    async fn a_code_makes_a_session_fresh_again_and_a_wrong_one_does_not() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        fixture.pass_s(600);
        let stale = of(&fixture.control, shown.text(), "console").await.unwrap();
        let try_code = async |code: String| {
            step_up(&fixture.control, &caller(), &stale, shown.text(), StepUp { code }).await
        };
        assert_eq!(try_code("123456".to_owned()).await.unwrap_err().code(), Code::CodeWrong);
        let code = ada.code(&fixture);
        try_code(code.clone()).await.unwrap();
        let fresh = of(&fixture.control, shown.text(), "console").await.unwrap();
        assert!(fresh.actor().unwrap().check_fresh().is_ok());
        assert_eq!(try_code(code).await.unwrap_err().code(), Code::CodeWrong, "once");
    }
}
