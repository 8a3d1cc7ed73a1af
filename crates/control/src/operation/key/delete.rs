//! `key delete`: ends a key for good and forgets it; the audit log keeps what it did.

use keyward_policy::{Actor, Change, Operation};
use serde_json::json;

use super::find;
use crate::{Control, Error, Removed, Stopped};

/// Deletes a key. When this returns, no send of the key starts any more, and what had started is named; its id and its
/// key string are never issued again.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; and those of every change.
pub async fn delete(control: &Control, actor: &Actor, key: &str) -> Result<Stopped<Removed>, Error> {
    let act = control.act(actor, Operation::KeyDelete).await?;
    let key = find(control, actor, key).await?;
    let recorded = act.record(key.id, json!({ "name": key.name, "api_key": key.api_key.as_str() })).await?;
    recorded.carry_out(control.store.delete_key(key.id, control.now())).await?;
    let on_wire = control.publish(Change::KeyGone { id: key.id, api_key: key.api_key });
    Ok(Stopped::new(&recorded, Removed { id: key.id.to_string(), name: key.name }, on_wire))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_deleted_key_is_gone_and_never_issued_again() {
        let fixture = Fixture::new().await;
        let key = fixture.trading_key("bot").await;
        delete(&fixture.control, &fixture.actor, "bot").await.unwrap();
        assert!(
            matches!(fixture.published().pop(), Some(Change::KeyGone { api_key, .. }) if api_key == key.api_key)
        );
        assert_eq!(find(&fixture.control, &fixture.actor, "bot").await.unwrap_err().code(), Code::KeyUnknown);
        assert!(fixture.control.store.add_key(&key).await.is_err());
    }
}
