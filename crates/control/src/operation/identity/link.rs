//! `identity link`: an operator who has signed in says who he is at the identity provider.

use keyward_policy::Operation;
use keyward_store::Identity;
use serde_json::json;

use super::enter::elsewhere;
use crate::oidc::Errand;
use crate::operation::session::Session;
use crate::{Control, Error};

/// Links him. The ticket was given for this very session, and is spent: who holds it has seen the page that names the
/// account, so it stands for the token that forms carry.
///
/// # Errors
/// `sign_in_expired`, `identity_taken`, `second_factor_needed`, `second_factor_missing`, `provider_missing`; and those of
/// every change.
pub async fn link(control: &Control, session: &Session, ticket: &str) -> Result<(), Error> {
    let (actor, operator) = (session.actor()?, session.operator.id);
    let act = control.act(&actor, Operation::IdentityLink).await?;
    let provider = control.provider()?;
    let half =
        provider.take(ticket, control.now()).map_err(|error| act.refused(&operator.to_string(), error))?;
    if half.errand != Errand::Link(session.digest.clone()) {
        return Err(act.refused(&operator.to_string(), elsewhere()));
    }
    let identity = Identity {
        issuer: provider.issuer().to_owned(),
        subject: half.vouched.subject,
        operator,
        linked_at: control.now(),
    };
    let details =
        json!({ "issuer": identity.issuer, "subject": identity.subject, "email": half.vouched.email });
    let recorded = act.record(operator, details).await?;
    recorded.carry_out(control.store.link(&identity)).await?;
    Ok(())
}
