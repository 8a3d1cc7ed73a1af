//! `vault seal`: wipes the root key from memory; nothing is signed until somebody unseals it.

use keyward_policy::Actor;
use serde_json::Value;

use super::status::{Status, status};
use crate::{Control, Error};

/// Seals the vault; sealing a sealed one changes nothing.
///
/// # Errors
/// Those of every change.
pub async fn seal(control: &Control, actor: &Actor) -> Result<Status, Error> {
    let act = control.act(actor, "vault seal").await;
    let _recorded = act.record_whole(Value::Null).await?;
    control.vault.seal();
    status(control).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::operation::vault::status::State;

    #[tokio::test]
    async fn a_sealed_vault_opens_nothing() {
        let fixture = Fixture::new().await;
        assert_eq!(seal(&fixture.control, &fixture.actor).await.unwrap().state, State::Sealed);
        assert!(fixture.control.vault.is_sealed());
        assert_eq!(fixture.last_change()["operation"], "vault seal");
    }
}
