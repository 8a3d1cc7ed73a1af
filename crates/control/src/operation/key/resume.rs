//! `key resume`: lets a suspended key be used again.

use keyward_policy::{Actor, KeyState, Operation};

use super::{KeyView, state};
use crate::{Control, Error};

/// Lets a suspended key be used again.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`, `key_revoked`, `key_not_suspended`, `second_factor_needed` for a wide key; and those of every change.
pub async fn resume(control: &Control, actor: &Actor, key: &str) -> Result<KeyView, Error> {
    let resumed = state::change(control, actor, Operation::KeyResume, key, KeyState::resume).await?;
    Ok(resumed.what)
}

#[cfg(test)]
mod tests {
    use keyward_policy::{Authority, Reach, Role, Standing};

    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;
    use crate::operation::key::revoke::revoke;
    use crate::operation::key::suspend::suspend;

    async fn resumed(fixture: &Fixture) -> Result<Standing, Code> {
        let view = resume(&fixture.control, &fixture.actor, "bot").await;
        view.map(|view| view.state).map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_wide_key_wakes_only_for_who_is_there_himself() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await; // It trades from anywhere.
        suspend(&fixture.control, &fixture.actor, "bot").await.unwrap();
        let authority = Authority::Operator { role: Role::Trader, reach: Reach::Everywhere, is_fresh: false };
        let stale = Actor { authority, ..fixture.actor.clone() };
        let refused = resume(&fixture.control, &stale, "bot").await.err();
        assert_eq!(refused.map(|error| error.code()), Some(Code::SecondFactorNeeded));
        assert_eq!(resumed(&fixture).await, Ok(Standing::Active));
    }

    #[tokio::test]
    async fn only_a_suspended_key_resumes() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        assert_eq!(resumed(&fixture).await, Err(Code::KeyNotSuspended));
        suspend(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!(resumed(&fixture).await, Ok(Standing::Active));
        revoke(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!(resumed(&fixture).await, Err(Code::KeyRevoked));
    }
}
