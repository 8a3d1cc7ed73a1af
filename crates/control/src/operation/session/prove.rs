//! An operator proves by a passkey that it is he.

use keyward_policy::{Actor, Operator, OperatorState};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::people::passkey::{ClientData, Wrong, check_signature};
use crate::people::{Caller, Purpose};
use crate::{Code, Control, Error};

/// What a browser asks authenticators to sign.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    /// What the answer has to hold, in base64url.
    pub challenge: String,
    /// The name that passkeys are bound to.
    pub site: String,
}

/// What an authenticator signed, in base64url.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// What it calls the passkey.
    pub id: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// `authenticatorData`.
    pub authenticator_data: String,
    /// The signature over both.
    pub signature: String,
}

/// Asks for a signature.
pub(in crate::operation) fn ask(control: &Control, purpose: Purpose<'_>) -> Result<Asked, Error> {
    Ok(Asked { site: control.site()?.name, challenge: control.challenge(purpose) })
}

/// The operator whose passkey has signed.
pub(in crate::operation) async fn prove(
    control: &Control,
    purpose: Purpose<'_>,
    input: &Assertion,
) -> Result<Result<Operator, Wrong>, Error> {
    let site = control.site()?;
    let client = match ClientData::read(&input.client_data, "webauthn.get", &site) {
        Ok(client) if control.take_challenge(client.challenge(), purpose) => client,
        Ok(_) => return Ok(Err(Wrong::Challenge)),
        Err(wrong) => return Ok(Err(wrong)),
    };
    let Some(passkey) = control.store.passkey(&input.id).await? else { return Ok(Err(Wrong::Unknown)) };
    let signed = (&*input.authenticator_data, &*input.signature);
    let count = match check_signature(&site, &client, signed, (passkey.algorithm, &passkey.public_key)) {
        Ok(count) => count,
        Err(wrong) => return Ok(Err(wrong)),
    };
    // Two authenticators with one key fall behind each other: one of them is a copy.
    if !control.store.use_passkey(&passkey.id, count, control.now()).await? {
        return Ok(Err(Wrong::Count));
    }
    let operator = control.store.operator(&passkey.operator.to_string()).await?;
    Ok(if operator.state == OperatorState::Active { Ok(operator) } else { Err(Wrong::Unknown) })
}

/// Puts it on record; what was wrong is nobody's business but the log's.
pub(in crate::operation) fn refused(
    control: &Control,
    actor: &Actor,
    caller: &Caller,
    wrong: Wrong,
) -> Error {
    let details = json!({ "outcome": wrong.to_string(), "address": caller.address });
    control.note_of(actor, "passkey", details);
    Error::new(Code::PasskeyRefused, "the passkey was not accepted").hint("try again, or sign in another way")
}
