//! Signing in: a name, a password, and the code of a device or a recovery code.

use keyward_policy::{Actor, Operator, OperatorState};
use keyward_vault::{PersonalKey, Secret};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Proved, start};
use crate::people::{Caller, Device, RecoveryCode};
use crate::{Code, Control, Error, GivenSecret, ShownOnce};

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The operator's name.
    pub name: String,
    /// The password.
    #[schema(value_type = String, format = Password, write_only)]
    pub password: GivenSecret,
    /// The code that the device shows now, or a recovery code.
    #[serde(default)]
    pub code: Option<String>,
}

/// A session that has begun.
#[derive(Serialize)]
pub struct SignedIn {
    /// What the browser shows with each request: the value of the cookie.
    pub session: ShownOnce,
    /// Whether there is a second factor. Without one, nothing can be done but to add it.
    pub is_enrolled: bool,
}

/// What was found of somebody who wants in.
struct Found {
    operator: Operator,
    key: PersonalKey,
}

/// Signs somebody in. What is wrong of name and password is not said, and takes as long in any case.
///
/// # Errors
/// `sign_in_refused`, `code_needed`, `code_wrong`, `provider_required`, `too_many_attempts`; `store_unavailable`.
pub async fn sign_in(control: &Control, caller: &Caller, input: SignIn) -> Result<SignedIn, Error> {
    control.attempts.begin(caller, &input.name, control.now())?;
    let outcome = let_in(control, caller, &input.name, input.password, input.code.as_deref()).await;
    match &outcome {
        Ok(_) => {
            control.attempts.succeeded(caller, &input.name);
            note(control, caller, &input.name, "signed in");
        }
        // He knows the password, which a thief may too: the wrong codes before it still count.
        Err(error) if error.code() == Code::CodeNeeded => control.attempts.take_back(caller, &input.name),
        Err(error) => note(control, caller, &input.name, error.code().as_str()),
    }
    outcome
}

async fn let_in(
    control: &Control,
    caller: &Caller,
    name: &str,
    password: GivenSecret,
    code: Option<&str>,
) -> Result<SignedIn, Error> {
    let Found { operator, key } = find(control, name, password).await?;
    check_way(control, &operator).await?;
    let Some(totp) = control.store.totp(operator.id).await? else {
        return without_device(control, caller, &operator, code).await;
    };
    let secret = key.open(&operator.id.to_string(), &totp.sealed)?;
    let code = code.filter(|code| !code.trim().is_empty());
    let code = code.ok_or_else(|| Error::new(Code::CodeNeeded, "type the code that your device shows"))?;
    check_code(control, caller, &operator, &secret, code).await?;
    start(control, caller, &operator, Proved::Device(&secret)).await
}

/// Where the configuration wants it so, an operator who is linked to the identity provider comes by it alone: who is let go
/// there is let go here.
pub(super) async fn check_way(control: &Control, operator: &Operator) -> Result<(), Error> {
    let Some(provider) = control.provider.as_ref().filter(|provider| provider.is_required()) else {
        return Ok(());
    };
    let identity = control.store.identity(operator.id).await?;
    if identity.is_none_or(|identity| identity.issuer != provider.issuer()) {
        return Ok(());
    }
    let what = format!("you sign in by {}", provider.name());
    Err(Error::new(Code::ProviderRequired, what).hint("take that way; then show your passkey"))
}

/// Whether the operator has a session from this network.
async fn is_known(control: &Control, caller: &Caller, operator: &Operator) -> Result<bool, Error> {
    let sessions = control.store.sessions(operator.id).await?;
    let networks = sessions.iter().filter_map(|session| session.address.parse().ok());
    Ok(networks.map(|address| Caller::new(address, "").network()).any(|network| network == caller.network()))
}

/// Lets somebody in who has no device: a recovery code stands for a passkey, and who has none either may only add one.
async fn without_device(
    control: &Control,
    caller: &Caller,
    operator: &Operator,
    code: Option<&str>,
) -> Result<SignedIn, Error> {
    if control.store.passkeys(operator.id).await?.is_empty() {
        return start(control, caller, operator, Proved::Nothing).await;
    }
    let code = code
        .filter(|code| !code.trim().is_empty())
        .ok_or_else(|| Error::new(Code::CodeNeeded, "use your passkey, or type a recovery code"))?;
    if !control.store.use_recovery_code(operator.id, &RecoveryCode::digest(code)).await? {
        return Err(wrong_code());
    }
    start(control, caller, operator, Proved::WithoutDevice).await
}

async fn find(control: &Control, name: &str, password: GivenSecret) -> Result<Found, Error> {
    let operator = match control.store.operator(name).await {
        Ok(operator) if operator.state == OperatorState::Active && operator.name == name => Some(operator),
        Ok(_) | Err(keyward_store::Error::NotFound { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let verifier = match &operator {
        Some(operator) => control.store.password(operator.id).await?,
        None => None,
    };
    let key = control.hashing.check(verifier, password.into_secret()).await?;
    let found = operator.zip(key).map(|(operator, key)| Found { operator, key });
    found.ok_or_else(|| Error::new(Code::SignInRefused, "the name or the password is wrong"))
}

/// Takes the code of a device, or a recovery code; each once, and only so many wrong ones from where the operator is not.
pub(super) async fn check_code(
    control: &Control,
    caller: &Caller,
    operator: &Operator,
    secret: &Secret,
    code: &str,
) -> Result<(), Error> {
    if is_known(control, caller, operator).await? {
        return take_code(control, operator, secret, code).await;
    }
    control.attempts.begin_code(operator.id, control.now())?;
    take_code(control, operator, secret, code).await?;
    control.attempts.code_was_right(operator.id);
    Ok(())
}

async fn take_code(control: &Control, operator: &Operator, secret: &Secret, code: &str) -> Result<(), Error> {
    let now_s = u64::try_from(control.now().as_second()).unwrap_or_default();
    let taken = match Device::of(secret, &operator.name)?.step(code, now_s) {
        Some(step) => control.store.take_step(operator.id, step).await?,
        None => control.store.use_recovery_code(operator.id, &RecoveryCode::digest(code)).await?,
    };
    taken.then_some(()).ok_or_else(wrong_code)
}

fn wrong_code() -> Error {
    Error::new(Code::CodeWrong, "this code is wrong, or was used before")
        .hint("wait for the next code; is the clock of the device right?")
}

/// Puts an attempt on record; whoever it was has no authority by it.
fn note(control: &Control, caller: &Caller, name: &str, outcome: &str) {
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(100).collect();
    let actor = Actor::unproved(name, "console");
    control.note_of(&actor, "session sign-in", json!({ "outcome": outcome, "address": caller.address }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::people::{PASSWORD, Person};
    use crate::fixture::{Fixture, read};

    #[tokio::test]
    async fn an_operator_signs_in_with_password_and_code_and_with_no_less() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        assert_eq!(ada.refused(&fixture, PASSWORD, None).await, Code::CodeNeeded);
        assert_eq!(ada.refused(&fixture, PASSWORD, Some("000000")).await, Code::CodeWrong);
        assert_eq!(
            ada.refused(&fixture, "wrong horse battery", Some(&ada.code(&fixture))).await,
            Code::SignInRefused
        );
        let signed_in = ada.sign_in(&fixture).await.unwrap();
        assert!(signed_in.is_enrolled);
        assert_eq!(fixture.last_change()["details"]["outcome"], "signed in");
    }

    #[tokio::test]
    async fn a_code_is_good_once() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let code = ada.code(&fixture);
        ada.try_in(&fixture, PASSWORD, Some(&code)).await.unwrap();
        assert_eq!(ada.refused(&fixture, PASSWORD, Some(&code)).await, Code::CodeWrong);
        fixture.pass_s(30);
        assert!(ada.sign_in(&fixture).await.is_ok());
    }

    #[tokio::test]
    async fn a_recovery_code_is_good_once_too() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        ada.try_in(&fixture, PASSWORD, Some(&ada.recovery[0])).await.unwrap();
        assert_eq!(ada.refused(&fixture, PASSWORD, Some(&ada.recovery[0])).await, Code::CodeWrong);
        ada.try_in(&fixture, PASSWORD, Some(&ada.recovery[9].to_uppercase())).await.unwrap();
    }

    #[tokio::test]
    async fn nobody_learns_who_exists() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let nobody = Person::unknown("nobody");
        let told = |error: Error| (error.code(), error.to_string());
        let known = ada.try_in(&fixture, "wrong horse battery", None).await.err().map(told);
        assert_eq!(known, nobody.try_in(&fixture, "wrong horse battery", None).await.err().map(told));
    }

    #[tokio::test]
    async fn who_knows_the_password_does_not_guess_codes_for_ever() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let mut guesses = 0;
        while ada.refused(&fixture, PASSWORD, Some("000000")).await == Code::CodeWrong {
            // Without a code between two guesses: that the password is right forgives none of them.
            ada.refused(&fixture, PASSWORD, None).await;
            guesses += 1;
            assert!(guesses < 10, "the guesses are not counted");
        }
    }

    #[tokio::test]
    async fn who_knows_the_password_does_not_guess_codes_from_many_networks_either() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        ada.sign_in(&fixture).await.unwrap();
        let try_from = async |address: [u8; 4], code: &str| {
            let caller = Caller::new(address.into(), "");
            let input = json!({ "name": "ada", "password": PASSWORD, "code": code });
            sign_in(&fixture.control, &caller, read(&input.to_string())).await.err().map(|error| error.code())
        };
        for last in 0..10 {
            assert_eq!(try_from([198, 51, 100, last], "000000").await, Some(Code::CodeWrong));
        }
        fixture.pass_s(30);
        let right = ada.code(&fixture);
        assert_eq!(
            try_from([198, 51, 100, 99], &right).await,
            Some(Code::TooManyAttempts),
            "right, but too late"
        );
        assert!(ada.sign_in(&fixture).await.is_ok(), "Ada herself, where she was before");
        fixture.pass_s(3_601);
        ada.sign_in(&fixture).await.unwrap();
        fixture.pass_s(30);
        assert_eq!(try_from([198, 51, 100, 99], &ada.code(&fixture)).await, None, "an hour later");
    }

    #[tokio::test]
    async fn who_guesses_has_to_wait_and_it_is_on_record() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        for _ in 0..5 {
            assert_eq!(ada.refused(&fixture, PASSWORD, Some("000000")).await, Code::CodeWrong);
        }
        assert_eq!(ada.refused(&fixture, PASSWORD, Some("000000")).await, Code::TooManyAttempts);
        assert_eq!(fixture.last_change()["details"]["outcome"], "code_wrong");
    }
}
