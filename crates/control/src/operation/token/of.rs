//! By what authority a program acts that shows a token.

use jiff::SignedDuration;
use keyward_policy::{Actor, Authority, OperatorId, OperatorState, Reach, Role, Token};
use serde_json::json;

use crate::people::{Caller, digest};
use crate::{Code, Control, Error};

/// How often it is noted that a token is used.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Who acts with this token.
///
/// # Errors
/// `token_refused`, `too_many_attempts`; `store_unavailable`.
pub async fn of(control: &Control, caller: &Caller, shown: &str) -> Result<Actor, Error> {
    let now = control.now();
    let token = control.store.token_of(&digest(shown)).await?;
    let mandate = match &token {
        Some(token) => mandate(control, caller, token).await?,
        None => None,
    };
    let Some((token, (role, reach))) = token.zip(mandate) else {
        control.attempts.begin(caller, "token", now)?;
        return Err(Error::new(
            Code::TokenRefused,
            "this token is unknown, has expired, is bound to other addresses, or its maker may do nothing any more",
        ));
    };
    if token.used_at.is_none_or(|used| now.duration_since(used) > NOTED_EVERY) {
        control.store.use_token(token.id, now).await?;
    }
    let authority = Authority::Operator { role, reach, is_fresh: false };
    Ok(Actor { name: token.name, via: "token", consented_by: None, authority })
}

/// What a token may do now, and where: no more than its maker may. None where it may do nothing, which is put on record.
async fn mandate(control: &Control, caller: &Caller, token: &Token) -> Result<Option<(Role, Reach)>, Error> {
    let is_good = token.expires_at > control.now() && token.addresses.check(caller.address).is_ok();
    let within = |(role, reach): (Role, Reach)| (role.within(token.role), reach.within(&token.reach));
    let mandate = match token.maker {
        _ if !is_good => None,
        None => Some((token.role, token.reach.clone())),
        Some(maker) => makers(control, maker).await?.map(within),
    };
    if mandate.is_none() {
        let actor = Actor::unproved(&token.name, "token");
        control.note_of(&actor, "token", json!({ "outcome": "refused", "address": caller.address }));
    }
    Ok(mandate)
}

async fn makers(control: &Control, maker: OperatorId) -> Result<Option<(Role, Reach)>, Error> {
    match control.store.operator(&maker.to_string()).await {
        Ok(operator) => {
            Ok((operator.state == OperatorState::Active).then_some((operator.role, operator.reach)))
        }
        Err(keyward_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Operation;

    use super::*;
    use crate::fixture::people::{Person, caller};
    use crate::fixture::{Fixture, read};
    use crate::operation::operator::change::{remove, resume, set_role, suspend};
    use crate::operation::token::create::create;

    #[tokio::test]
    async fn a_token_reaches_no_further_than_its_maker_does_now() {
        let fixture = Fixture::new().await;
        let [bots, desk] = [fixture.project("bots").await.id, fixture.project("desk").await.id];
        Person::enrolled(&fixture, "eve", "owner").await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await.actor(&fixture).await;
        let input = json!({ "name": "ci", "role": "trader", "projects": ["bots", "desk"] });
        let made = create(&fixture.control, &ada, read(&input.to_string())).await.unwrap();
        assert_eq!(made.token.projects, ["bots", "desk"]);
        let reaches = async || {
            let actor = of(&fixture.control, &caller(), made.bearer.text()).await.unwrap();
            [actor.reaches(bots), actor.reaches(desk), actor.reach() == &Reach::Everywhere]
        };
        assert_eq!(reaches().await, [true, true, false]);
        let bound = read(r#"{"role": "trader", "projects": ["desk"]}"#);
        set_role(&fixture.control, &fixture.actor, "ada", bound).await.unwrap();
        assert_eq!(reaches().await, [false, true, false]);
    }

    #[tokio::test]
    async fn a_token_does_no_more_than_its_maker_may_now() {
        let fixture = Fixture::new().await;
        let host = &fixture.actor;
        Person::enrolled(&fixture, "eve", "owner").await;
        let ada = Person::enrolled(&fixture, "ada", "owner").await.actor(&fixture).await;
        let input = read(&json!({ "name": "ci", "role": "owner" }).to_string());
        let shown = create(&fixture.control, &ada, input).await.unwrap().bearer;
        let may = async |operation| {
            let actor = of(&fixture.control, &caller(), shown.text()).await.ok()?;
            Some(actor.check(operation).is_ok())
        };
        assert_eq!(may(Operation::KeyRevoke).await, Some(true));
        let input = read(&json!({ "role": "auditor" }).to_string());
        set_role(&fixture.control, host, "ada", input).await.unwrap();
        assert_eq!(
            (may(Operation::KeyRevoke).await, may(Operation::AuditTail).await),
            (Some(false), Some(true))
        );
        suspend(&fixture.control, host, "ada").await.unwrap();
        assert_eq!(may(Operation::AuditTail).await, None);
        assert_eq!(fixture.last_change()["details"]["outcome"], "refused");
        resume(&fixture.control, host, "ada").await.unwrap();
        assert_eq!(may(Operation::AuditTail).await, Some(true));
        remove(&fixture.control, host, "ada").await.unwrap();
        assert_eq!(may(Operation::AuditTail).await, None);
    }
}
