//! `key revoke`: ends a key for good.

use keyward_policy::{Actor, Change, Key, KeyId, KeyState, OnWire, Operation, Standing};
use keyward_store::Revoke;
use serde_json::json;

use super::{KeyView, find, of_name};
use crate::{Control, Error, Stopped};

/// Ends a key. When this returns, no send of the key starts any more, and it never comes back; what had started is named.
/// Revoking a revoked key changes nothing.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; and those of every change.
pub async fn revoke(control: &Control, actor: &Actor, key: &str) -> Result<Stopped<KeyView>, Error> {
    let act = control.act(actor, Operation::KeyRevoke).await?;
    let found = find(control, actor, key).await?;
    let warnings = still_usable(control, actor, key, found.id).await?;
    let recorded = act.record(found.id, json!({ "state": "revoked" })).await?;
    let (revoked, on_wire) = recorded.carry_out(revoke_one(control, found)).await?;
    let view = KeyView { warnings, ..KeyView::one(control, revoked).await? };
    Ok(Stopped::new(&recorded, view, on_wire))
}

/// Revokes a key in the database, then in the gateway: also when it was revoked before, in case the gateway missed it.
/// What was on the wire is given back.
pub(crate) async fn revoke_one(control: &Control, key: Key) -> Result<(Key, Vec<OnWire>), Error> {
    let newly = control.store.revoke_keys(Revoke::Key(key.id), control.now()).await?.len();
    let revoked = Key { state: KeyState::Revoked, revision: key.revision + newly as u64, ..key };
    let on_wire = control.publish(Change::Key(Box::new(revoked.clone())));
    Ok((revoked, on_wire))
}

/// Whoever revokes a key by its name may not think of the one that it replaced.
async fn still_usable(
    control: &Control,
    actor: &Actor,
    name: &str,
    meant: KeyId,
) -> Result<Vec<String>, Error> {
    let mut others = of_name(control, actor, name).await?;
    others.retain(|key| key.id != meant && key.standing(control.now()) != Standing::Expired);
    Ok(others.iter().map(|key| format!("the key {} has the same name and is not revoked", key.id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::{Fixture, sent};
    use crate::operation::key::rotate::{Rotate, rotate};

    #[tokio::test]
    async fn the_gateway_knows_of_the_revocation_before_the_call_returns() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await;
        fixture.gateway_has_on_wire(vec![sent(1)]);
        let revoked = revoke(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert_eq!((revoked.what.state, &revoked.on_wire), (Standing::Revoked, &vec![sent(1)]));
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
        assert_eq!(view.what.warnings.len(), 1);
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
