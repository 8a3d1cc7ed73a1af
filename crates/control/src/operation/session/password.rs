//! `password change`: one's own.

use keyward_policy::{Operation, OperatorId};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Session;
use crate::people::Caller;
use crate::{Code, Control, Error, GivenSecret};

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangePassword)]
pub struct Change {
    /// The password until now.
    #[schema(value_type = String, format = Password, write_only)]
    pub old: GivenSecret,
    /// The password from now on.
    #[schema(value_type = String, format = Password, write_only)]
    pub new: GivenSecret,
}

/// Changes the operator's own password, and ends his other sessions.
///
/// # Errors
/// `sign_in_refused`, `password_missing`, `password_weak`, `too_many_attempts`, `second_factor_needed`; and those of every change.
pub async fn change(
    control: &Control,
    caller: &Caller,
    session: &Session,
    input: Change,
) -> Result<(), Error> {
    let (actor, operator) = (session.actor()?, &session.operator);
    let act = control.act(&actor, Operation::PasswordChange).await?;
    control.attempts.begin(caller, &operator.name, control.now())?;
    let verifier = Some(known(control, operator.id).await?);
    let old = control.hashing.check(verifier, input.old.into_secret()).await?;
    let wrong = || Error::new(Code::SignInRefused, "the old password is wrong");
    let old = old.ok_or_else(wrong).map_err(|error| act.refused(&operator.id.to_string(), error))?;
    control.attempts.succeeded(caller, &operator.name);
    let (verifier, new) = control.hashing.make(input.new.into_secret(), &operator.name).await?;
    let id = operator.id.to_string();
    let totp = match control.store.totp(operator.id).await? {
        Some(totp) => Some(new.seal(&id, old.open(&id, &totp.sealed)?.expose(), &*control.entropy)?),
        None => None,
    };
    let recorded = act.record(operator.id, Value::Null).await?;
    let set = control.store.set_password(operator.id, verifier.as_bytes(), totp.as_ref(), control.now());
    recorded.carry_out(set).await?;
    recorded.carry_out(control.store.end_other_sessions(operator.id, &session.digest)).await?;
    Ok(())
}

/// Whether there is a password to be changed.
///
/// # Errors
/// `password_missing`; `store_unavailable`.
pub async fn ask(control: &Control, session: &Session) -> Result<(), Error> {
    known(control, session.operator.id).await.map(drop)
}

/// What checks an operator's password. Who comes by the identity provider has none.
///
/// # Errors
/// `password_missing`; `store_unavailable`.
pub(in crate::operation) async fn known(control: &Control, operator: OperatorId) -> Result<Vec<u8>, Error> {
    control.store.password(operator).await?.ok_or_else(|| {
        Error::new(Code::PasswordMissing, "you have no password: you sign in by your identity provider")
            .hint("use passkeys")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::people::{PASSWORD, Person, caller};
    use crate::fixture::{Fixture, read};
    use crate::operation::session::of;

    const NEW: &str = "seven violins under granite";

    #[tokio::test]
    async fn a_new_password_opens_the_same_device_and_the_old_one_nothing() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        let session = of(&fixture.control, shown.text(), "console").await.unwrap();
        let try_change = async |old: &str, new: &str| {
            let input = read(&serde_json::json!({ "old": old, "new": new }).to_string());
            change(&fixture.control, &caller(), &session, input).await.map_err(|error| error.code())
        };
        assert_eq!(try_change("wrong horse battery", NEW).await, Err(Code::SignInRefused));
        assert_eq!(try_change(PASSWORD, "password1234").await, Err(Code::PasswordWeak));
        try_change(PASSWORD, NEW).await.unwrap();
        fixture.pass_s(30);
        assert_eq!(ada.refused(&fixture, PASSWORD, Some(&ada.code(&fixture))).await, Code::SignInRefused);
        assert!(ada.try_in(&fixture, NEW, Some(&ada.code(&fixture))).await.unwrap().is_enrolled);
    }
}
