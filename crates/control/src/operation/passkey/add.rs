//! `passkey add`: takes a passkey that an authenticator has just made.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use keyward_policy::Operation;
use keyward_store::Passkey;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::PASSKEYS_MAX;
use crate::act::Act;
use crate::operation::second_factor::RecoveryCodes;
use crate::operation::session::{Proved, Session, prove, start};
use crate::people::passkey::{ALGORITHMS, ClientData, Wrong, check_new, part};
use crate::people::{Caller, Purpose, RecoveryCode};
use crate::{Code, Control, Error};

/// The longest name of a passkey, in characters.
const NAME_MAX: usize = 64;

/// What a browser asks an authenticator to make.
#[derive(Debug, Serialize, ToSchema)]
pub struct Offered {
    /// What the answer has to hold, in base64url.
    pub challenge: String,
    /// The name that the passkey will be bound to.
    pub site: String,
    /// Whose it will be, in base64url.
    pub user: String,
    /// What he is called.
    pub name: String,
    /// The algorithms that are taken, as COSE numbers them, the best first.
    pub algorithms: Vec<i64>,
    /// The passkeys that he has already: an authenticator makes no second one.
    pub known: Vec<String>,
}

/// A new passkey, as the browser tells of it; all but the name and the algorithm in base64url.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What its operator calls it.
    pub name: String,
    /// What the authenticator calls it.
    pub id: String,
    /// `clientDataJSON`.
    pub client_data: String,
    /// What `getAuthenticatorData()` gives.
    pub authenticator_data: String,
    /// What `getPublicKey()` gives.
    pub public_key: String,
    /// What `getPublicKeyAlgorithm()` gives.
    pub algorithm: i64,
}

/// What a new passkey has to look like.
///
/// # Errors
/// `passkeys_unavailable`; `second_factor_needed`, where there is a second factor already.
pub async fn begin(control: &Control, session: &Session) -> Result<Offered, Error> {
    if session.is_enrolled() {
        control.view(&session.himself(), Operation::PasskeyAdd)?;
    }
    let site = control.site()?;
    let known = control.store.passkeys(session.operator.id).await?;
    Ok(Offered {
        challenge: control.challenge(Purpose::Add(&session.digest)),
        site: site.name,
        user: BASE64_URL_SAFE_NO_PAD.encode(session.operator.id.to_string()),
        name: session.operator.name.clone(),
        algorithms: ALGORITHMS.to_vec(),
        known: known.into_iter().map(|passkey| passkey.id).collect(),
    })
}

/// Adds it. Where it is the operator's first second factor, recovery codes come with it, and the session that asked is
/// replaced by one that has a second factor; all others end.
///
/// # Errors
/// `passkey_refused`, `too_many`, `name_invalid`, `name_taken`, `second_factor_needed`; and those of every change.
pub async fn add(
    control: &Control,
    caller: &Caller,
    session: &Session,
    input: NewPasskey,
) -> Result<RecoveryCodes, Error> {
    let himself = session.himself();
    let act = if session.is_enrolled() {
        control.act(&himself, Operation::PasskeyAdd).await?
    } else {
        control.act_first(&himself, Operation::PasskeyAdd).await
    };
    let passkey = checked(control, session, &input)
        .map_err(|wrong| prove::refused(control, &himself, caller, wrong))?;
    check_room(control, &passkey).await?;
    keep(control, caller, session, act, passkey).await
}

/// The passkey, if everything about it is right.
fn checked(control: &Control, session: &Session, input: &NewPasskey) -> Result<Passkey, Wrong> {
    let site = control.site().map_err(|_| Wrong::Site)?;
    let client = ClientData::read(&input.client_data, "webauthn.create", &site)?;
    if !control.take_challenge(client.challenge(), Purpose::Add(&session.digest)) {
        return Err(Wrong::Challenge);
    }
    let public_key = part(&input.public_key)?;
    let key = (input.algorithm, &*public_key);
    let count = check_new(&site, &input.authenticator_data, &input.id, key)?;
    Ok(Passkey {
        id: input.id.clone(),
        operator: session.operator.id,
        name: input.name.trim().to_owned(),
        algorithm: input.algorithm,
        public_key,
        count,
        created_at: control.now(),
        used_at: None,
    })
}

async fn check_room(control: &Control, passkey: &Passkey) -> Result<(), Error> {
    let length = passkey.name.chars().count();
    if length == 0 || length > NAME_MAX || passkey.name.chars().any(char::is_control) {
        return Err(Error::new(Code::NameInvalid, "a passkey needs a name of at most 64 characters"));
    }
    if control.store.passkeys(passkey.operator).await?.len() >= PASSKEYS_MAX {
        return Err(Error::new(Code::TooMany, "an operator has at most 10 passkeys").hint("remove one first"));
    }
    Ok(())
}

async fn keep(
    control: &Control,
    caller: &Caller,
    session: &Session,
    act: Act<'_>,
    passkey: Passkey,
) -> Result<RecoveryCodes, Error> {
    let operator = &session.operator;
    let recorded = act.record(operator.id, json!({ "name": passkey.name, "passkey": passkey.id })).await?;
    if session.is_enrolled() {
        recorded.carry_out(control.store.add_passkey(&passkey, None)).await?;
        return Ok(RecoveryCodes { codes: Vec::new(), signed_in: None });
    }
    let codes = RecoveryCode::set(&*control.entropy);
    let digests: Vec<_> = codes.iter().map(|code| code.digest.clone()).collect();
    recorded.carry_out(control.store.add_passkey(&passkey, Some(&digests))).await?;
    recorded.carry_out(control.store.end_other_sessions(operator.id, "")).await?;
    let signed_in = recorded.carry_out(start(control, caller, operator, Proved::WithoutDevice)).await?;
    Ok(RecoveryCodes {
        codes: codes.into_iter().map(|code| code.shown).collect(),
        signed_in: Some(signed_in),
    })
}
