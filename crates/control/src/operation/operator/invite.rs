//! `operator invite`: a link that makes somebody an operator, once.

use jiff::{SignedDuration, Timestamp};
use keyward_policy::{Actor, Operation, Role};
use keyward_store::Invitation;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use zeroize::Zeroizing;

use super::outranks;
use crate::people::Bearer;
use crate::{Code, Control, Error, ShownOnce, reach};

/// How long a link is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(72);
/// The longest name, in bytes: as long as an e-mail address can be (RFC 5321).
const NAME_MAX: usize = 254;

/// Who is invited, and as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Invite)]
pub struct Invite {
    /// The name to sign in with.
    pub name: String,
    /// `owner`, `administrator`, `trader`, `auditor` or `viewer`.
    pub role: String,
    /// The only projects in which he will be that, by name or id, for a trader or a viewer; none means everywhere.
    #[serde(default)]
    pub projects: Vec<String>,
}

/// An invitation, shown once.
#[derive(Serialize, ToSchema)]
pub struct Invited {
    /// Who is invited.
    pub name: String,
    /// As what.
    #[schema(value_type = crate::api::openapi::Role)]
    pub role: Role,
    /// The names of the only projects in which; none means everywhere.
    pub projects: Vec<String>,
    /// What the link ends in: whoever opens `/invitation/…` with it becomes this operator.
    #[schema(value_type = String)]
    pub invitation: ShownOnce,
    /// The link itself.
    #[schema(value_type = String)]
    pub url: ShownOnce,
    /// Until when.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// Invites somebody. An earlier invitation of the same name is good for nothing from now on.
///
/// # Errors
/// `name_invalid`, `name_taken`, `role_invalid`, `role_lacks_right`, `project_unknown`, `too_many`; and those of every change.
pub async fn invite(control: &Control, actor: &Actor, input: Invite) -> Result<Invited, Error> {
    let act = control.act(actor, Operation::OperatorInvite).await?;
    check_name(&input.name)?;
    let role: Role = input.role.parse()?;
    outranks(actor, &[role]).map_err(|error| act.refused(&input.name, error))?;
    let reach = reach::read(&control.store, role, &input.projects).await?;
    let projects = reach::names(&control.store, &reach).await?;
    let (bearer, expires_at) = (Bearer::new("kwi_", &*control.entropy), control.now() + GOOD_FOR);
    let invitation = Invitation {
        digest: bearer.digest,
        name: input.name.clone(),
        role,
        reach,
        invited_by: actor.name.clone(),
        expires_at,
    };
    let recorded = act
        .record(&input.name, json!({ "role": role, "projects": invitation.reach, "expires_at": expires_at }))
        .await?;
    recorded.carry_out(control.store.invite(&invitation)).await?;
    let url = format!("{}/invitation/{}", control.control_url(), bearer.shown.text());
    let url = ShownOnce::new(Zeroizing::new(url));
    Ok(Invited { name: input.name, role, projects, invitation: bearer.shown, url, expires_at })
}

/// An operator's name is an e-mail address or any other word; it must not look like an id.
fn check_name(name: &str) -> Result<(), Error> {
    let plain = |letter: char| letter.is_alphanumeric() || "@._+-".contains(letter);
    let is_name = (1..=NAME_MAX).contains(&name.len()) && name.chars().all(plain) && !name.starts_with("op_");
    is_name.then_some(()).ok_or_else(|| {
        Error::new(Code::NameInvalid, "this is no name to sign in with")
            .hint("take an e-mail address, or letters and digits with . _ + - between them")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::fixture::people::Person;

    async fn invited(fixture: &Fixture, actor: &Actor, name: &str, role: &str) -> Result<Invited, Code> {
        let input = Invite { name: name.to_owned(), role: role.to_owned(), projects: vec![] };
        invite(&fixture.control, actor, input).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn only_an_owner_invites_an_owner() {
        let fixture = Fixture::new().await;
        let bob = Person::enrolled(&fixture, "bob", "administrator").await.actor(&fixture).await;
        let refused = invited(&fixture, &bob, "eve", "owner").await.err();
        assert_eq!(refused, Some(Code::RoleLacksRight));
        assert!(invited(&fixture, &bob, "eve", "trader").await.is_ok());
        assert_eq!(fixture.last_change()["subject"], "eve");
    }

    #[tokio::test]
    async fn a_name_is_a_word_and_a_role_is_one_of_five() {
        let fixture = Fixture::new().await;
        for name in ["", "a b", "<b>", "op_1", &"x".repeat(255)] {
            assert_eq!(
                invited(&fixture, &fixture.actor, name, "viewer").await.err(),
                Some(Code::NameInvalid)
            );
        }
        assert_eq!(invited(&fixture, &fixture.actor, "ada", "root").await.err(), Some(Code::RoleInvalid));
        assert!(invited(&fixture, &fixture.actor, "ada@example.com", "owner").await.is_ok());
    }
}
