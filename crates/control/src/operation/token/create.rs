//! `token create`.

use keyward_policy::{Actor, AddressRules, Authority, Operation, OperatorId, Role, Token, TokenId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{PREFIX, TokenView};
use crate::operation::key::ranges;
use crate::people::Bearer;
use crate::{Code, Control, Error, ShownOnce, name, reach, time};

/// How long a token lives when nobody says otherwise.
const EXPIRES_DEFAULT: &str = "90d";

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreateToken)]
pub struct Create {
    /// Its name.
    pub name: String,
    /// What it may do: a role.
    pub role: String,
    /// The only projects in which, by name or id, for the role of a trader or a viewer; none means everywhere.
    #[serde(default)]
    pub projects: Vec<String>,
    /// The only addresses that it may be used from.
    #[serde(default)]
    pub ip: Vec<String>,
    /// When it ends: a duration or a time; 90 days unless said otherwise. A token always ends.
    #[serde(default)]
    pub expires: Option<String>,
}

/// A new token, and what the program shows, once.
#[derive(Serialize, ToSchema)]
#[schema(as = IssuedToken)]
pub struct Created {
    /// The token.
    #[serde(flatten)]
    pub token: TokenView,
    /// What the program shows: `Authorization: Bearer …`.
    #[schema(value_type = String)]
    pub bearer: ShownOnce,
}

/// Makes a token. It may do no more than who makes it.
///
/// # Errors
/// `name_invalid`, `name_taken`, `role_invalid`, `role_lacks_right`, `project_unknown`, `too_many`, `address_invalid`,
/// `time_invalid`; and those of every change.
pub async fn create(control: &Control, actor: &Actor, input: Create) -> Result<Created, Error> {
    let act = control.act(actor, Operation::TokenCreate).await?;
    name::check(&input.name)?;
    let role: Role = input.role.parse()?;
    no_more_than(actor, role).map_err(|error| act.refused(&input.name, error))?;
    let reach = reach::read(&control.store, role, &input.projects).await?;
    let now = control.now();
    let expires = time::expiry(input.expires.as_deref().unwrap_or(EXPIRES_DEFAULT), now)?;
    let expires_at = expires.ok_or_else(|| {
        Error::new(Code::TimeInvalid, "a token that never ends is never looked after")
            .hint("make it a year: 365d")
    })?;
    let bearer = Bearer::new(PREFIX, &*control.entropy);
    let token = Token {
        id: TokenId::from_entropy(control.random()),
        name: input.name,
        role,
        reach,
        addresses: AddressRules { allow: ranges(&input.ip)?, deny: vec![] },
        created_by: actor.name.clone(),
        maker: maker(control, actor).await?,
        created_at: now,
        expires_at,
        used_at: None,
    };
    let details = json!({
        "name": token.name, "role": role, "projects": token.reach, "ip": input.ip, "expires_at": expires_at,
    });
    let recorded = act.record(token.id, details).await?;
    recorded.carry_out(control.store.add_token(&token, &bearer.digest)).await?;
    Ok(Created { token: TokenView::one(control, token).await?, bearer: bearer.shown })
}

/// The operator who makes it; the host is none.
async fn maker(control: &Control, actor: &Actor) -> Result<Option<OperatorId>, Error> {
    match actor.authority {
        Authority::Host => Ok(None),
        Authority::Operator { .. } => Ok(Some(control.store.operator(&actor.name).await?.id)),
    }
}

fn no_more_than(actor: &Actor, role: Role) -> Result<(), Error> {
    let Authority::Operator { role: own, .. } = actor.authority else { return Ok(()) };
    let rank = |role: Role| Role::ALL.iter().position(|known| *known == role);
    if rank(role) >= rank(own) {
        return Ok(());
    }
    Err(Error::new(Code::RoleLacksRight, format!("you are {own}, and cannot make a token that is {role}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::fixture::people::{Person, caller};
    use crate::operation::token::of;
    use crate::operation::token::revoke::revoke;
    use crate::people::Caller;

    fn input(role: &str, ip: &[&str]) -> Create {
        let ip = ip.iter().map(|&ip| ip.to_owned()).collect();
        Create { name: "ci".to_owned(), role: role.to_owned(), projects: vec![], ip, expires: None }
    }

    #[tokio::test]
    async fn a_token_acts_in_its_role_from_its_addresses_until_it_ends() {
        let fixture = Fixture::new().await;
        let made = create(&fixture.control, &fixture.actor, input("trader", &["127.0.0.0/8"])).await.unwrap();
        let actor = of(&fixture.control, &caller(), made.bearer.text()).await.unwrap();
        assert_eq!((actor.name.as_str(), actor.via), ("ci", "token"));
        assert!(actor.check(Operation::KeySuspend).is_ok());
        assert!(actor.check(Operation::AuditTail).is_err());
        assert!(actor.check_fresh().is_err(), "a token is no second factor");
        let code = async |caller: &Caller, shown: &str| {
            of(&fixture.control, caller, shown).await.err().map(|e| e.code())
        };
        let elsewhere = Caller::new([203, 0, 113, 1].into(), "curl");
        assert_eq!(code(&elsewhere, made.bearer.text()).await, Some(Code::TokenRefused));
        assert_eq!(code(&caller(), "kwt_guess").await, Some(Code::TokenRefused));
        fixture.pass_s(91 * 86_400);
        assert_eq!(code(&caller(), made.bearer.text()).await, Some(Code::TokenRefused));
        revoke(&fixture.control, &fixture.actor, "ci").await.unwrap();
    }

    #[tokio::test]
    async fn nobody_makes_a_token_that_may_do_more_than_he() {
        let fixture = Fixture::new().await;
        let bob = Person::enrolled(&fixture, "bob", "administrator").await.actor(&fixture).await;
        let refused = create(&fixture.control, &bob, input("owner", &[])).await.err();
        assert_eq!(refused.map(|error| error.code()), Some(Code::RoleLacksRight));
        assert!(create(&fixture.control, &bob, input("administrator", &[])).await.is_ok());
        let never =
            Create { expires: Some("never".to_owned()), name: "old".to_owned(), ..input("viewer", &[]) };
        let refused = create(&fixture.control, &bob, never).await.err();
        assert_eq!(refused.map(|error| error.code()), Some(Code::TimeInvalid));
    }
}
