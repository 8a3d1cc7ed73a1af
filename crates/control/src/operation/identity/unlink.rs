//! `identity unlink`: an operator comes by the identity provider no more.

use keyward_policy::Operation;
use serde_json::json;

use crate::operation::session::Session;
use crate::{Code, Control, Error};

/// Ends it, for who has a password as well. Sessions go on; *sign out everywhere else* ends them.
///
/// # Errors
/// `identity_unknown`, `identity_only`, `second_factor_needed`, `second_factor_missing`; and those of every change.
pub async fn unlink(control: &Control, session: &Session) -> Result<(), Error> {
    let (actor, operator) = (session.actor()?, session.operator.id);
    let act = control.act(&actor, Operation::IdentityUnlink).await?;
    let unknown = || Error::new(Code::IdentityUnknown, "you are linked to no identity provider");
    let identity = control.store.identity(operator).await?.ok_or_else(unknown);
    let identity = identity.map_err(|error| act.refused(&operator.to_string(), error))?;
    if control.store.password(operator).await?.is_none() {
        let error = Error::new(
            Code::IdentityOnly,
            "you have no password: without it a lost passkey would lock you out",
        );
        let error = error.hint("ask an owner to remove you and to invite you again");
        return Err(act.refused(&operator.to_string(), error));
    }
    let details = json!({ "issuer": identity.issuer, "subject": identity.subject });
    let recorded = act.record(operator, details).await?;
    recorded.carry_out(control.store.unlink(operator)).await?;
    Ok(())
}
