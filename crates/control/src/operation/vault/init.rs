//! `vault init`: makes the root key, and with it Keyward's own keys.

use std::sync::Arc;

use keyward_policy::{Actor, Operation, Sealed};
use keyward_vault::Unlock;
use serde_json::json;

use super::status::{Status, current};
use super::unlocking::{Unlocking, warnings};
use crate::blocking::blocking;
use crate::{Code, Control, Error};

/// Makes the vault; it is unsealed then.
///
/// # Errors
/// `vault_exists`; `unlock_invalid`; and those of every change.
pub async fn init(control: &Control, actor: &Actor, input: Unlocking) -> Result<Status, Error> {
    let act = control.act(actor, Operation::VaultInit).await?;
    if control.store.sealed_root().await?.is_some() {
        return Err(
            Error::new(Code::VaultExists, "there is a vault already").hint("open it: keyward vault unseal")
        );
    }
    let unlock = input.read()?;
    let warnings = warnings(&unlock);
    let recorded = act.record_whole(json!({ "unlocked_by": kind(&unlock) })).await?;
    recorded.carry_out(make(control, unlock)).await?;
    Ok(Status { warnings, ..current(control).await? })
}

/// A vault whose root key is not kept anywhere would lose every secret: it is sealed again at once.
async fn make(control: &Control, unlock: Unlock) -> Result<(), Error> {
    let (vault, kdf) = (Arc::clone(&control.vault), control.kdf);
    let root = blocking(move || Ok(vault.init(&unlock, kdf)?)).await?;
    let root = Sealed::from_bytes(root.as_bytes());
    if let Err(error) = control.store.put_sealed_root(&root, None).await {
        control.vault.seal();
        return Err(error.into());
    }
    control.complete_services().await
}

/// How the audit log names what unlocks.
pub(super) const fn kind(unlock: &Unlock) -> &'static str {
    match unlock {
        Unlock::Passphrase(_) => "passphrase",
        Unlock::KeyFile(_) => "key_file",
    }
}

#[cfg(test)]
mod tests {
    use keyward_store::Service;

    use super::*;
    use crate::fixture::{Fixture, read};

    async fn init_with(fixture: &Fixture, input: &str) -> Result<Status, Error> {
        init(&fixture.control, &fixture.actor, read(input)).await
    }

    #[tokio::test]
    async fn a_new_vault_is_unsealed_and_has_keywards_own_keys() {
        let fixture = Fixture::without_vault().await;
        init_with(&fixture, r#"{"passphrase": "a long passphrase"}"#).await.unwrap();
        assert!(!fixture.control.vault.is_sealed());
        for service in [Service::AuditLog, Service::Identity] {
            let secret = fixture.control.store.service_secret(service).await.unwrap().unwrap();
            assert!(fixture.control.vault.open(service.owner(), &secret.sealed).is_ok());
        }
        assert_eq!(fixture.last_change()["details"]["unlocked_by"], "passphrase");
    }

    #[tokio::test]
    async fn a_vault_is_made_once() {
        let fixture = Fixture::new().await;
        let again = init_with(&fixture, r#"{"passphrase": "a long passphrase"}"#).await;
        assert_eq!(again.unwrap_err().code(), Code::VaultExists);
    }

    #[tokio::test]
    async fn an_empty_passphrase_makes_no_vault_and_a_short_one_warns() {
        let fixture = Fixture::without_vault().await;
        assert_eq!(
            init_with(&fixture, r#"{"passphrase": ""}"#).await.unwrap_err().code(),
            Code::UnlockInvalid
        );
        assert!(fixture.control.vault.is_sealed());
        assert_eq!(init_with(&fixture, r#"{"passphrase": "short"}"#).await.unwrap().warnings.len(), 1);
    }

    #[tokio::test]
    async fn without_a_log_no_vault_is_made() {
        let fixture = Fixture::without_vault().await;
        fixture.break_the_log();
        let refused = init_with(&fixture, r#"{"passphrase": "a long passphrase"}"#).await;
        assert_eq!(refused.unwrap_err().code(), Code::AuditUnavailable);
        assert_eq!(fixture.control.store.sealed_root().await.unwrap(), None);
    }
}
