//! `vault rekey`: another passphrase or key file for the same root key; no secret is touched.

use std::sync::Arc;

use keyward_policy::{Actor, Operation, Sealed};
use keyward_vault::{SealedRoot, Unlock};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::init::kind;
use super::status::{Status, current};
use super::unlocking::{Unlocking, warnings};
use super::unseal::sealed_root;
use crate::blocking::blocking;
use crate::{Control, Error};

/// What unlocks the vault now, and what shall.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rekey {
    /// What unlocks it now.
    pub old: Unlocking,
    /// What unlocks it from now on.
    pub new: Unlocking,
}

/// Changes what unlocks the vault, which stays sealed or unsealed as it is.
///
/// # Errors
/// `vault_missing`; `unlock_wrong`; `unlock_invalid`; and those of every change.
pub async fn rekey(control: &Control, actor: &Actor, input: Rekey) -> Result<Status, Error> {
    let act = control.act(actor, Operation::VaultRekey).await?;
    let root = sealed_root(control).await?;
    let (old, new) = (input.old.read()?, input.new.read()?);
    let warnings = warnings(&new);
    let recorded = act.record_whole(json!({ "unlocked_by": kind(&new) })).await?;
    recorded.carry_out(replace(control, root, old, new)).await?;
    Ok(Status { warnings, ..current(control).await? })
}

async fn replace(control: &Control, root: SealedRoot, old: Unlock, new: Unlock) -> Result<(), Error> {
    let replacing = Sealed::from_bytes(root.as_bytes());
    let (vault, kdf) = (Arc::clone(&control.vault), control.kdf);
    let root = blocking(move || Ok(vault.rekey(&root, &old, &new, kdf)?)).await?;
    Ok(control.store.put_sealed_root(&Sealed::from_bytes(root.as_bytes()), Some(&replacing)).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::{Fixture, PASSPHRASE, read};
    use crate::operation::vault::unseal::unseal;

    async fn rekey_from(fixture: &Fixture, old: &str) -> Result<Status, Error> {
        let input = json!({ "old": { "passphrase": old }, "new": { "passphrase": "another passphrase" } });
        rekey(&fixture.control, &fixture.actor, read(&input.to_string())).await
    }

    #[tokio::test]
    async fn only_the_new_passphrase_unseals() {
        let fixture = Fixture::new().await;
        rekey_from(&fixture, PASSPHRASE).await.unwrap();
        fixture.control.vault.seal();
        let try_with = async |phrase| {
            let input = read(&json!({ "passphrase": phrase }).to_string());
            unseal(&fixture.control, &fixture.actor, input).await.map_err(|error| error.code())
        };
        assert_eq!(try_with(PASSPHRASE).await.unwrap_err(), Code::UnlockWrong);
        assert!(try_with("another passphrase").await.is_ok());
    }

    #[tokio::test]
    async fn without_the_old_passphrase_nothing_changes() {
        let fixture = Fixture::new().await;
        let before = fixture.control.store.sealed_root().await.unwrap();
        assert_eq!(rekey_from(&fixture, "wrong").await.unwrap_err().code(), Code::UnlockWrong);
        assert_eq!(fixture.control.store.sealed_root().await.unwrap(), before);
    }
}
