//! `key suspend`: stops a key until it is resumed.

use keyward_policy::{Actor, KeyState, Operation};

use super::{KeyView, state};
use crate::{Control, Error, Stopped};

/// Stops a key. When this returns, no send of the key starts any more; what had started is named.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`, `key_revoked`; and those of every change.
pub async fn suspend(control: &Control, actor: &Actor, key: &str) -> Result<Stopped<KeyView>, Error> {
    state::change(control, actor, Operation::KeySuspend, key, KeyState::suspend).await
}

#[cfg(test)]
mod tests {
    use keyward_policy::{Change, Standing};

    use super::*;
    use crate::Code;
    use crate::fixture::{Fixture, sent};
    use crate::operation::key::revoke::revoke;

    #[tokio::test]
    async fn the_gateway_knows_of_the_suspension_before_the_call_returns() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        fixture.gateway_has_on_wire(vec![sent(1)]);
        let suspended = suspend(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!((suspended.what.state, suspended.what.revision), (Standing::Suspended, 2));
        assert_eq!(suspended.on_wire, [sent(1)]);
        assert!(
            matches!(fixture.published().pop(), Some(Change::Key(key)) if key.state == KeyState::Suspended)
        );
        let noted = fixture.last_change();
        assert_eq!(
            (&noted["operation"], &noted["details"]["on_wire_count"]),
            (&"key suspend".into(), &1.into())
        );
    }

    #[tokio::test]
    async fn a_second_suspension_changes_nothing() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        suspend(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!(suspend(&fixture.control, &fixture.actor, "bot").await.unwrap().what.revision, 2);
    }

    #[tokio::test]
    async fn a_revoked_key_is_not_suspended() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        revoke(&fixture.control, &fixture.actor, "bot").await.unwrap();
        let refused = suspend(&fixture.control, &fixture.actor, "bot").await;
        assert_eq!(refused.unwrap_err().code(), Code::KeyRevoked);
    }

    #[tokio::test]
    async fn without_a_log_nothing_changes() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        fixture.break_the_log();
        let refused = suspend(&fixture.control, &fixture.actor, "bot").await;
        assert_eq!(refused.unwrap_err().code(), Code::AuditUnavailable);
        assert_eq!(fixture.control.store.find_key("bot").await.unwrap().state, KeyState::Active);
    }
}
