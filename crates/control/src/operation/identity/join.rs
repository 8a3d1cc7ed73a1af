//! Taking an invitation by the identity provider: an operator without a password, who adds a passkey next.

use keyward_policy::Actor;
use keyward_store::Identity;
use serde_json::json;

use super::check_address;
use super::enter::elsewhere;
use crate::oidc::Errand;
use crate::operation::operator::accept;
use crate::operation::session::{Proved, SignedIn, start};
use crate::people::Caller;
use crate::{Control, Error};

/// Makes somebody an operator for whom the provider has vouched, and begins his first session. The ticket is spent.
///
/// # Errors
/// `sign_in_expired`, `invitation_invalid`, `identity_refused`, `identity_taken`, `name_taken`, `provider_missing`; and
/// those of every change.
pub async fn join(control: &Control, caller: &Caller, ticket: &str) -> Result<SignedIn, Error> {
    let provider = control.provider()?;
    let half = provider.take(ticket, control.now())?;
    let Errand::Invitation(digest) = half.errand else { return Err(elsewhere()) };
    let invitation = accept::good(control, &digest).await?;
    check_address(&invitation.name, &half.vouched)?;
    let operator = accept::invited(control, &invitation);
    let identity = Identity {
        issuer: provider.issuer().to_owned(),
        subject: half.vouched.subject,
        operator: operator.id,
        linked_at: operator.created_at,
    };
    let actor = Actor::unproved(&operator.name, "invitation");
    let details = json!({
        "operator": operator.id, "role": operator.role, "invited_by": invitation.invited_by, "address": caller.address,
        "by": "oidc", "issuer": identity.issuer, "subject": identity.subject,
    });
    control.note_of(&actor, "operator accept", details);
    control.settle_log().await;
    control.store.add_linked_operator(&operator, &identity, &digest).await?;
    start(control, caller, &operator, Proved::Nothing).await
}
