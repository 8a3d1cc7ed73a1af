//! `key revoke`: ends a key for good.

use keyward_policy::{Actor, Change, Key, KeyId, KeyState, Standing};
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
    let found = find(control, key).await?;
    let warnings = still_usable(control, key, found.id).await?;
    let recorded = act.record(found.id, json!({ "state": "revoked" })).await?;
    let revoked = recorded.carry_out(revoke_one(control, found)).await?;
    Ok(KeyView { warnings, ..KeyView::one(control, revoked).await? })
}

/// Revokes a key in the database, then in the gateway: also when it was revoked before, in case the gateway missed it.
pub(crate) async fn revoke_one(control: &Control, key: Key) -> Result<Key, Error> {
    let newly = control.store.revoke_keys(Revoke::Key(key.id), control.now()).await?.len();
    let revoked = Key { state: KeyState::Revoked, revision: key.revision + newly as u64, ..key };
    control.publish(Change::Key(Box::new(revoked.clone())));
    Ok(revoked)
}

/// Whoever revokes a key by its name may not think of the one that it replaced.
async fn still_usable(control: &Control, name: &str, meant: KeyId) -> Result<Vec<String>, Error> {
    let mut others = of_name(control, name).await?;
    others.retain(|key| key.id != meant && key.standing(control.now()) != Standing::Expired);
    Ok(others.iter().map(|key| format!("the key {} has the same name and is not revoked", key.id)).collect())
}

#[cfg(test)]
mod tests {
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
