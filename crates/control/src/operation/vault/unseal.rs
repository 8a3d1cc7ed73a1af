//! `vault unseal`: brings the root key into memory.

use std::sync::Arc;

use keyward_policy::{Actor, Operation};
use keyward_vault::{SealedRoot, Unlock};
use serde_json::json;

use super::init::kind;
use super::status::{Status, current};
use super::unlocking::Unlocking;
use crate::blocking::blocking;
use crate::{Code, Control, Error};

/// Unseals the vault. A wrong attempt is on record too.
///
/// # Errors
/// `vault_missing`; `unlock_wrong`; `unlock_invalid`; and those of every change.
pub async fn unseal(control: &Control, actor: &Actor, input: Unlocking) -> Result<Status, Error> {
    let act = control.act(actor, Operation::VaultUnseal).await?;
    let root = sealed_root(control).await?;
    let unlock = input.read()?;
    let recorded = act.record_whole(json!({ "unlocked_by": kind(&unlock) })).await?;
    recorded.carry_out(open(control, root, unlock)).await?;
    current(control).await
}

async fn open(control: &Control, root: SealedRoot, unlock: Unlock) -> Result<(), Error> {
    let vault = Arc::clone(&control.vault);
    blocking(move || Ok(vault.unseal(&root, &unlock)?)).await?;
    control.complete_services().await
}

/// The root key at rest.
pub(super) async fn sealed_root(control: &Control) -> Result<SealedRoot, Error> {
    let root = control.store.sealed_root().await?;
    let root = root.ok_or_else(|| {
        Error::new(Code::VaultMissing, "there is no vault yet").hint("make one: keyward vault init")
    })?;
    Ok(SealedRoot::from_bytes(root.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, PASSPHRASE, read};

    async fn unseal_with(fixture: &Fixture, passphrase: &str) -> Result<Status, Error> {
        unseal(&fixture.control, &fixture.actor, read(&json!({ "passphrase": passphrase }).to_string())).await
    }

    #[tokio::test]
    async fn the_right_passphrase_unseals() {
        let fixture = Fixture::new().await;
        fixture.control.vault.seal();
        unseal_with(&fixture, PASSPHRASE).await.unwrap();
        assert!(!fixture.control.vault.is_sealed());
    }

    #[tokio::test]
    async fn a_wrong_passphrase_is_refused_and_on_record() {
        let fixture = Fixture::new().await;
        fixture.control.vault.seal();
        assert_eq!(unseal_with(&fixture, "wrong").await.unwrap_err().code(), Code::UnlockWrong);
        assert!(fixture.control.vault.is_sealed());
        assert_eq!(fixture.last_change()["details"]["failed"], "unlock_wrong");
    }

    #[tokio::test]
    async fn what_was_never_made_cannot_be_unsealed() {
        let fixture = Fixture::without_vault().await;
        assert_eq!(unseal_with(&fixture, PASSPHRASE).await.unwrap_err().code(), Code::VaultMissing);
    }
}
