//! Accepting an invitation: whoever has the link chooses a password and becomes an operator.

use keyward_policy::{Actor, Operator, OperatorId, OperatorState, Role};
use keyward_store::Invitation;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::operation::session::{Proved, SignedIn, start};
use crate::people::{Caller, digest};
use crate::{Code, Control, Error, GivenSecret};

/// The link, and the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptInvitation)]
pub struct Accept {
    /// What the link ends in.
    pub invitation: String,
    /// The password to sign in with.
    #[schema(value_type = String, format = Password, write_only)]
    pub password: GivenSecret,
}

/// Whom a link is for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenedInvitation)]
pub struct Opened {
    /// The name that he will sign in with.
    pub name: String,
    /// What he will be.
    #[schema(value_type = crate::api::openapi::Role)]
    pub role: Role,
}

/// Looks whom a link is for.
///
/// # Errors
/// `invitation_invalid`, `too_many_attempts`; `store_unavailable`.
pub async fn open(control: &Control, caller: &Caller, shown: &str) -> Result<Opened, Error> {
    let Invitation { name, role, .. } = find(control, caller, shown).await?;
    Ok(Opened { name, role })
}

/// Makes somebody an operator, and begins his first session, in which he adds a second factor.
///
/// # Errors
/// `invitation_invalid`, `password_weak`, `too_many_attempts`; and those of every change.
pub async fn accept(control: &Control, caller: &Caller, input: Accept) -> Result<SignedIn, Error> {
    let invitation = find(control, caller, &input.invitation).await?;
    let (verifier, _) = control.hashing.make(input.password.into_secret(), &invitation.name).await?;
    let operator = invited(control, &invitation);
    let actor = Actor::unproved(&operator.name, "invitation");
    control.note_of(
        &actor,
        "operator accept",
        json!({ "operator": operator.id, "role": operator.role, "invited_by": invitation.invited_by, "address": caller.address }),
    );
    control.settle_log().await;
    control.store.add_operator(&operator, verifier.as_bytes(), &invitation.digest).await?;
    start(control, caller, &operator, Proved::Nothing).await
}

/// Whom an invitation makes an operator.
pub(in crate::operation) fn invited(control: &Control, invitation: &Invitation) -> Operator {
    Operator {
        id: OperatorId::from_entropy(control.random()),
        name: invitation.name.clone(),
        role: invitation.role,
        reach: invitation.reach.clone(),
        state: OperatorState::Active,
        created_at: control.now(),
    }
}

async fn find(control: &Control, caller: &Caller, shown: &str) -> Result<Invitation, Error> {
    control.attempts.begin(caller, "invitation", control.now())?;
    let found = good(control, &digest(shown)).await?;
    control.attempts.succeeded(caller, "invitation");
    Ok(found)
}

/// The invitation with this digest, if it is still good.
pub(in crate::operation) async fn good(control: &Control, digest: &str) -> Result<Invitation, Error> {
    let found = control.store.invitation(digest).await?;
    let found = found.filter(|invitation| invitation.expires_at > control.now());
    found.ok_or_else(|| {
        Error::new(Code::InvitationInvalid, "this link was used, has expired, or never was one")
            .hint("ask for another invitation")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::people::{PASSWORD, Person, caller};
    use crate::fixture::{Fixture, read};

    async fn accepted(fixture: &Fixture, link: &str, password: &str) -> Result<SignedIn, Code> {
        let input = read(&json!({ "invitation": link, "password": password }).to_string());
        accept(&fixture.control, &caller(), input).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_link_opens_once_and_not_for_long() {
        let fixture = Fixture::new().await;
        let link = Person::link(&fixture, "ada", "owner").await;
        assert_eq!(open(&fixture.control, &caller(), link.text()).await.unwrap().name, "ada");
        assert_eq!(accepted(&fixture, link.text(), "password1234").await.err(), Some(Code::PasswordWeak));
        assert!(!accepted(&fixture, link.text(), PASSWORD).await.unwrap().is_enrolled);
        assert_eq!(accepted(&fixture, link.text(), PASSWORD).await.err(), Some(Code::InvitationInvalid));
        let late = Person::link(&fixture, "bob", "viewer").await;
        fixture.pass_s(73 * 3600);
        assert_eq!(accepted(&fixture, late.text(), PASSWORD).await.err(), Some(Code::InvitationInvalid));
    }

    #[tokio::test]
    async fn links_are_not_found_by_trying() {
        let fixture = Fixture::new().await;
        let tried = (0..).map(|n| format!("kwi_{n}"));
        let mut codes = Vec::new();
        for link in tried.take(7) {
            codes.push(open(&fixture.control, &caller(), &link).await.unwrap_err().code());
        }
        assert_eq!((codes[4], codes[6]), (Code::InvitationInvalid, Code::TooManyAttempts));
    }
}
