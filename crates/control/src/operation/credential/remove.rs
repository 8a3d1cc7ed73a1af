//! `credential remove`: the real key is forgotten; at the exchange it lives on until it is deleted there.

use keyward_policy::{Actor, Change, Operation};
use serde_json::json;

use crate::{Control, Error, Removed, Stopped};

/// Removes a credential that no key uses. When this returns, nothing starts to be sent with it any more; what had started
/// is named.
///
/// # Errors
/// `credential_unknown`, `in_use`; and those of every change.
pub async fn remove(control: &Control, actor: &Actor, credential: &str) -> Result<Stopped<Removed>, Error> {
    let act = control.act(actor, Operation::CredentialRemove).await?;
    let credential = control.store.credential(credential).await?;
    let recorded = act.record(credential.id, json!({ "name": credential.name })).await?;
    recorded.carry_out(control.store.remove_credential(credential.id)).await?;
    let on_wire = control.publish(Change::CredentialGone(credential.id));
    let removed = Removed { id: credential.id.to_string(), name: credential.name };
    Ok(Stopped::new(&recorded, removed, on_wire))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn only_a_credential_that_no_key_uses_goes() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await; // on the credential "main"
        let gone =
            async |name| remove(&fixture.control, &fixture.actor, name).await.map_err(|error| error.code());
        assert_eq!(gone("main").await.unwrap_err(), Code::InUse);
        let spare = fixture.credential("spare", "binance").await;
        gone("spare").await.unwrap();
        assert!(matches!(fixture.published().pop(), Some(Change::CredentialGone(id)) if id == spare.id));
        assert_eq!(gone("spare").await.unwrap_err(), Code::CredentialUnknown);
    }
}
