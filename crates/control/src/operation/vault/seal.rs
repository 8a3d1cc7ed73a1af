//! `vault seal`: wipes the root key from memory; nothing is signed until somebody unseals it.

use keyward_policy::{Actor, Change, Operation};
use serde_json::Value;

use super::status::{Status, current};
use crate::{Control, Error, Stopped};

/// Seals the vault; sealing a sealed one changes nothing. When this returns, no send starts any more that needs a secret;
/// what is on the wire is named.
///
/// # Errors
/// Those of every change.
pub async fn seal(control: &Control, actor: &Actor) -> Result<Stopped<Status>, Error> {
    let act = control.act(actor, Operation::VaultSeal).await?;
    let recorded = act.record_whole(Value::Null).await?;
    control.vault.seal();
    let on_wire = control.publish(Change::Sealed);
    Ok(Stopped::new(&recorded, current(control).await?, on_wire))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::operation::vault::status::State;

    #[tokio::test]
    async fn a_sealed_vault_opens_nothing() {
        let fixture = Fixture::new().await;
        let sealed = seal(&fixture.control, &fixture.actor).await.unwrap();
        assert_eq!((sealed.what.state, sealed.on_wire_count), (State::Sealed, 0));
        assert!(matches!(fixture.published().pop(), Some(Change::Sealed)));
        assert!(fixture.control.vault.is_sealed());
        assert_eq!(fixture.last_change()["operation"], "vault seal");
    }
}
