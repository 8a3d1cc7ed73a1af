//! `passkey remove`: one of one's own, but not the last second factor.

use keyward_policy::Operation;
use serde_json::json;

use crate::operation::session::Session;
use crate::{Code, Control, Error};

/// Removes a passkey; the last one stays where it is the only second factor, or the one that goes with the identity provider. Sessions that began with it go on; *sign out everywhere else* ends them.
///
/// # Errors
/// `passkey_unknown`, `last_factor`, `second_factor_needed`; and those of every change.
pub async fn remove(control: &Control, session: &Session, id: &str) -> Result<(), Error> {
    let (actor, operator) = (session.actor()?, session.operator.id);
    let act = control.act(&actor, Operation::PasskeyRemove).await?;
    let mut others = control.store.passkeys(operator).await?;
    let at = others.iter().position(|passkey| passkey.id == id);
    let removed = at.map(|at| others.remove(at));
    let unknown = || Error::new(Code::PasskeyUnknown, "you have no such passkey");
    let removed = removed.ok_or_else(unknown).map_err(|error| act.refused(id, error))?;
    let is_needed =
        control.store.totp(operator).await?.is_none() || control.store.identity(operator).await?.is_some();
    if others.is_empty() && is_needed {
        let error = Error::new(
            Code::LastFactor,
            "it is your only second factor, or the only one that goes with your identity provider",
        );
        return Err(act.refused(id, error.hint("add another one first")));
    }
    let recorded = act.record(operator, json!({ "name": removed.name, "passkey": removed.id })).await?;
    recorded.carry_out(control.store.remove_passkey(operator, id)).await?;
    Ok(())
}
