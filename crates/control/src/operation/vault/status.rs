//! `vault status`: whether there is a vault, and whether it is sealed.

use keyward_policy::{Actor, Operation};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Control, Error};

/// What the vault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = VaultState)]
pub enum State {
    /// Never made.
    Missing,
    /// Its root key is not in memory.
    Sealed,
    /// Its root key is in memory.
    Unsealed,
}

/// The vault as operators see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Vault)]
pub struct Status {
    /// Missing, sealed or unsealed.
    pub state: State,
    /// Whether the system keeps every secret in memory out of its swap.
    pub memory_locked: bool,
    /// What a person should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Tells what the vault is.
///
/// # Errors
/// `store_unavailable`.
pub async fn status(control: &Control, actor: &Actor) -> Result<Status, Error> {
    control.view(actor, Operation::VaultStatus)?;
    current(control).await
}

/// What it is now, for whoever may know it anyway.
pub(in crate::operation) async fn current(control: &Control) -> Result<Status, Error> {
    let made = control.store.sealed_root().await?.is_some();
    let state = match (made, control.vault.is_sealed()) {
        (false, _) => State::Missing,
        (true, true) => State::Sealed,
        (true, false) => State::Unsealed,
    };
    Ok(Status { state, memory_locked: control.vault.memory_locked(), warnings: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn a_vault_is_missing_then_unsealed_then_sealed() {
        let fixture = Fixture::without_vault().await;
        assert_eq!(status(&fixture.control, &fixture.actor).await.unwrap().state, State::Missing);
        fixture.init().await;
        assert_eq!(status(&fixture.control, &fixture.actor).await.unwrap().state, State::Unsealed);
        fixture.control.vault.seal();
        assert_eq!(status(&fixture.control, &fixture.actor).await.unwrap().state, State::Sealed);
    }
}
