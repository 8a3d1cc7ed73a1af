//! `device change`: takes a device that has shown that it has the secret.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyward_policy::{Operation, Sealed};
use keyward_store::Totp;
use keyward_vault::Secret;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::BOUND_TO;
use crate::operation::session::password::known;
use crate::operation::session::{Proved, Session, SignedIn, start};
use crate::people::{Caller, Device, RecoveryCode, bearer_key};
use crate::{Code, Control, Error, GivenSecret, ShownOnce};

/// What shows that the device has the secret, and that it is the operator who says so.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmDevice)]
pub struct Confirm {
    /// What came with the offer.
    pub ticket: String,
    /// The code that the device shows.
    pub code: String,
    /// The operator's password: the device's secret is sealed under it.
    #[schema(value_type = String, format = Password, write_only)]
    pub password: GivenSecret,
}

/// Codes for who has lost the device, shown once; and the session that goes on with it.
#[derive(Serialize)]
pub struct RecoveryCodes {
    /// The codes. Each is good once.
    pub codes: Vec<ShownOnce>,
    /// What the browser shows from now on.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub signed_in: Option<SignedIn>,
}

/// Takes the device. The session that asked is replaced by one that has a second factor; all others end.
///
/// # Errors
/// `code_wrong`, `sign_in_refused`, `password_missing`, `too_many_attempts`, `second_factor_needed`; and those of every change.
pub async fn confirm(
    control: &Control,
    caller: &Caller,
    session: &Session,
    shown: &str,
    input: Confirm,
) -> Result<RecoveryCodes, Error> {
    let (himself, operator) = (session.himself(), &session.operator);
    let act = if session.is_enrolled() {
        control.act(&himself, Operation::DeviceChange).await?
    } else {
        control.act_first(&himself, Operation::DeviceChange).await
    };
    control.attempts.begin(caller, &operator.name, control.now())?;
    let secret = offered(shown, &input.ticket)?;
    let refused = |error| act.refused(&operator.id.to_string(), error);
    let last_step = step(control, session, &secret, &input.code).map_err(refused)?;
    let verifier = Some(known(control, operator.id).await?);
    let key = control.hashing.check(verifier, input.password.into_secret()).await?;
    let wrong = || Error::new(Code::SignInRefused, "the password is wrong");
    let key = key.ok_or_else(wrong).map_err(refused)?;
    control.attempts.succeeded(caller, &operator.name);
    let sealed = key.seal(&operator.id.to_string(), secret.expose(), &*control.entropy)?;
    let codes = RecoveryCode::set(&*control.entropy);
    let digests: Vec<_> = codes.iter().map(|code| code.digest.clone()).collect();
    let recorded = act.record(operator.id, Value::Null).await?;
    recorded.carry_out(control.store.set_totp(operator.id, &Totp { sealed, last_step }, &digests)).await?;
    recorded.carry_out(control.store.end_other_sessions(operator.id, "")).await?;
    let signed_in = recorded.carry_out(start(control, caller, operator, Proved::Device(&secret))).await?;
    Ok(RecoveryCodes {
        codes: codes.into_iter().map(|code| code.shown).collect(),
        signed_in: Some(signed_in),
    })
}

/// The secret that was offered to this browser.
fn offered(shown: &str, ticket: &str) -> Result<Secret, Error> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(ticket.chars().take(200).collect::<String>());
    let opened = sealed
        .ok()
        .map(|sealed| bearer_key(shown)?.open(BOUND_TO, &Sealed::from_bytes(sealed)).map_err(Error::from));
    opened.and_then(Result::ok).ok_or_else(|| {
        Error::new(Code::Malformed, "the ticket is not the one that came with the offer").hint("begin again")
    })
}

/// The step of the code, which is then used up.
fn step(control: &Control, session: &Session, secret: &Secret, code: &str) -> Result<i64, Error> {
    let now_s = u64::try_from(control.now().as_second()).unwrap_or_default();
    let step = Device::of(secret, session.name())?.step(code, now_s);
    step.ok_or_else(|| {
        Error::new(Code::CodeWrong, "this is not the code of the new device")
            .hint("is the clock of the device right?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::people::{PASSWORD, Person, caller};
    use crate::fixture::{Fixture, read};
    use crate::operation::second_factor::begin;
    use crate::operation::session::of;

    #[tokio::test]
    async fn who_has_no_device_does_nothing_but_add_one() {
        let fixture = Fixture::new().await;
        let ada = Person::invited(&fixture, "ada", "owner").await;
        let shown = ada.try_in(&fixture, PASSWORD, None).await.unwrap();
        assert!(!shown.is_enrolled);
        let session = of(&fixture.control, shown.session.text(), "console").await.unwrap();
        assert_eq!(session.actor().unwrap_err().code(), Code::SecondFactorMissing);
        let enrolled = ada.enrol(&fixture, shown.session.text()).await;
        assert_eq!(enrolled.recovery.len(), 10);
        let over = of(&fixture.control, shown.session.text(), "console").await;
        assert_eq!(over.err().map(|error| error.code()), Some(Code::SessionOver), "the one before ended");
    }

    #[tokio::test]
    async fn another_device_needs_the_old_ones_code_and_the_password() {
        let fixture = Fixture::new().await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await;
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        fixture.pass_s(301);
        let session = of(&fixture.control, shown.text(), "console").await.unwrap();
        let stale = begin(&fixture.control, &session, shown.text()).await.err().map(|error| error.code());
        assert_eq!(stale, Some(Code::SecondFactorNeeded));
        fixture.pass_s(30);
        let shown = ada.sign_in(&fixture).await.unwrap().session;
        let session = of(&fixture.control, shown.text(), "console").await.unwrap();
        let offer = begin(&fixture.control, &session, shown.text()).await.unwrap();
        let try_with = async |ticket: &str, code: &str, password: &str| {
            let input = serde_json::json!({ "ticket": ticket, "code": code, "password": password });
            let input = read(&input.to_string());
            confirm(&fixture.control, &caller(), &session, shown.text(), input).await.err().map(|e| e.code())
        };
        assert_eq!(try_with("AAAA", "123456", PASSWORD).await, Some(Code::Malformed));
        assert_eq!(try_with(&offer.ticket, "123456", PASSWORD).await, Some(Code::CodeWrong));
        let code = Person::code_of(offer.secret.text(), &fixture);
        assert_eq!(try_with(&offer.ticket, &code, "wrong horse battery").await, Some(Code::SignInRefused));
        assert_eq!(try_with(&offer.ticket, &code, PASSWORD).await, None);
        fixture.pass_s(30);
        assert_eq!(ada.refused(&fixture, PASSWORD, Some(&ada.code(&fixture))).await, Code::CodeWrong);
    }
}
