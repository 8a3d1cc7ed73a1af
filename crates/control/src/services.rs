//! The keys of Keyward itself: the one that signs the audit log, and the one that vouches for callers.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use keyward_ledger::CheckpointSigner;
use keyward_store::{Service, ServiceSecret};
use keyward_vault::Secret;

use crate::material::{Real, ed25519};
use crate::{Code, Control, Error};

/// The bytes of an Ed25519 seed.
const SEED: usize = 32;

impl Control {
    /// Makes those of Keyward's own keys that are missing. The vault is unsealed.
    ///
    /// Called when the vault is made and whenever it is unsealed, so that a crash between two of them mends itself.
    pub(crate) async fn complete_services(&self) -> Result<(), Error> {
        for service in [Service::AuditLog, Service::Identity] {
            if self.store.service_secret(service).await?.is_none() {
                let secret = self.make_service(service)?;
                self.store.put_service_secret(service, &secret).await?;
            }
        }
        Ok(())
    }

    fn make_service(&self, service: Service) -> Result<ServiceSecret, Error> {
        match service {
            Service::AuditLog => self.audit_service(),
            Service::Identity => self.identity_service(),
        }
    }

    /// Kept as a seed; its public half as a note verifier key, which also holds the log's name.
    fn audit_service(&self) -> Result<ServiceSecret, Error> {
        let seed = Secret::generate(SEED, |bytes| self.entropy.fill(bytes))?;
        let name = format!("keyward.local/audit/{:032x}", u128::from_be_bytes(self.random()));
        let signer = CheckpointSigner::from_seed(&name, seed.expose()).map_err(unmade)?;
        let sealed = self.vault.seal_secret(Service::AuditLog.owner(), seed.expose())?;
        Ok(ServiceSecret { sealed, public: signer.verifier_key().to_string() })
    }

    /// Kept as PKCS#8 DER (RFC 5958); its public half as base64 of its 32 bytes.
    fn identity_service(&self) -> Result<ServiceSecret, Error> {
        let pair = ed25519(&*self.entropy)?;
        let public = BASE64_STANDARD.encode(pair.public.as_bytes());
        let private = Real::try_from(pair.secret)?.secret;
        let sealed = self.vault.seal_secret(Service::Identity.owner(), private.expose())?;
        Ok(ServiceSecret { sealed, public })
    }
}

fn unmade(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(Code::Internal, "a key of Keyward itself cannot be made").caused_by(error)
}

#[cfg(test)]
mod tests {
    use keyward_policy::Sealed;

    use super::*;
    use crate::fixture::{Fixture, PASSPHRASE, read};
    use crate::operation::vault::unseal::unseal;

    #[tokio::test]
    async fn keys_that_a_crash_kept_from_being_made_are_made_at_the_next_unsealing() {
        let fixture = Fixture::without_vault().await;
        let passphrase = Secret::from_vec(PASSPHRASE.into()).unwrap();
        let root =
            fixture.control.vault.init(&keyward_vault::Unlock::Passphrase(passphrase), fixture.control.kdf);
        let root = Sealed::from_bytes(root.unwrap().as_bytes());
        fixture.control.store.put_sealed_root(&root, None).await.unwrap();
        let input = read(&serde_json::json!({ "passphrase": PASSPHRASE }).to_string());
        unseal(&fixture.control, &fixture.actor, input).await.unwrap();
        assert!(fixture.control.audit_key().await.is_ok());
    }

    #[tokio::test]
    async fn keys_that_are_there_are_left_alone() {
        let fixture = Fixture::new().await;
        let before = fixture.control.store.service_secret(Service::Identity).await.unwrap();
        fixture.control.complete_services().await.unwrap();
        assert_eq!(fixture.control.store.service_secret(Service::Identity).await.unwrap(), before);
    }
}
