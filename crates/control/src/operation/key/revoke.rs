//! `key revoke`: ends a key for good.

use keyward_policy::{Actor, Change, Standing};
use keyward_store::Revoke;
use serde_json::json;

use super::{KeyView, find, of_name};
use crate::{Control, Error};

/// Ends a key. When this returns, no request of the key is sent any more, and it never comes back. Revoking a revoked
/// key changes nothing.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; and those of every change.
pub async fn revoke(control: &Control, actor: &Actor, key: &str) -> Result<KeyView, Error> {
    let act = control.act(actor, "key revoke").await;
    let id = find(control, key).await?.id;
    let recorded = act.record(id, json!({ "state": "revoked" })).await?;
    recorded.carry_out(control.store.revoke_keys(Revoke::Key(id), control.now())).await?;
    let revoked = control.store.key(id).await?;
    control.publish(Change::Key(Box::new(revoked.clone())));
    let warnings = still_usable(control, key).await?;
    Ok(KeyView { warnings, ..KeyView::one(control, revoked).await? })
}

/// Whoever revokes a key by its name may not think of the one that it replaced.
async fn still_usable(control: &Control, name: &str) -> Result<Vec<String>, Error> {
    let usable = |standing| matches!(standing, Standing::Retiring | Standing::Suspended);
    let others = of_name(control, name).await?;
    let others = others.iter().filter(|key| key.name == name && usable(key.standing(control.now())));
    Ok(others.map(|key| format!("the key {} has the same name and is not revoked", key.id)).collect())
}

#[cfg(test)]
mod tests {
    use keyward_policy::KeyState;

    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;
    use crate::operation::key::rotate::{Rotate, rotate};

    #[tokio::test]
    async fn the_gateway_knows_of_the_revocation_before_the_call_returns() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        let view = revoke(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!(view.state, Standing::Revoked);
        assert!(
            matches!(fixture.published().pop(), Some(Change::Key(key)) if key.state == KeyState::Revoked)
        );
        assert!(revoke(&fixture.control, &fixture.actor, "bot").await.is_ok());
    }

    #[tokio::test]
    async fn the_key_that_was_rotated_away_is_not_forgotten() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        rotate(&fixture.control, &fixture.actor, "bot", Rotate::default()).await.unwrap();
        let view = revoke(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!(view.warnings.len(), 1);
    }

    #[tokio::test]
    async fn without_a_log_nothing_is_revoked() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        fixture.break_the_log();
        let refused = revoke(&fixture.control, &fixture.actor, "bot").await;
        assert_eq!(refused.unwrap_err().code(), Code::AuditUnavailable);
        assert_eq!(fixture.control.store.find_key("bot").await.unwrap().state, KeyState::Active);
    }
}
