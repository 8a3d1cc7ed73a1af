//! Keeping the audit log provable: signing what it holds, and keeping the signature where the log is not.

use std::sync::Arc;

use keyward_ledger::{CheckpointSigner, Head, VerifierKey};
use keyward_policy::SecretOwner;
use keyward_store::{Anchor, Service, ServiceSecret};

use crate::blocking::blocking;
use crate::{Code, Control, Error};

impl Control {
    /// Signs the size and root of the audit log, and keeps the checkpoint in the database as well: who cuts the log and
    /// puts back an older checkpoint is found out. Does nothing while there is nothing new.
    ///
    /// The database has it first, so that one with fewer checkpoints than the log is an older one. Nobody changes
    /// anything meanwhile: a database with this checkpoint has every change that it covers.
    ///
    /// To be called on a timer, at shutdown, and after every operation that is done without a server.
    /// Gives the number of entries that are signed now; none when there is no vault yet, or it is sealed: the log then
    /// goes on unsigned until it is unsealed.
    ///
    /// # Errors
    /// `audit_unavailable` or `store_unavailable`; `internal` when the signing key does not open.
    pub async fn sign_checkpoint(&self) -> Result<Option<u64>, Error> {
        let _turn = self.turn.lock().await;
        self.sign_checkpoint_now().await
    }

    /// The same for who has the turn already.
    pub(crate) async fn sign_checkpoint_now(&self) -> Result<Option<u64>, Error> {
        let Some(service) = self.store.service_secret(Service::AuditLog).await? else { return Ok(None) };
        if self.vault.is_sealed() {
            return Ok(None);
        }
        let latest = self.store.anchors(None, 1).await?.first().map(|anchor| anchor.size);
        if latest == Some(self.ledger.entries()) {
            return Ok(latest);
        }
        let head = self.sign(&service).await?;
        let (size, text) = (head.checkpoint().size(), head.checkpoint().as_str().to_owned());
        self.store.add_anchor(&Anchor { size, at: self.now(), checkpoint: text }).await?;
        let ledger = Arc::clone(&self.ledger);
        blocking(move || ledger.keep(&head).map_err(Error::from)).await?;
        Ok(Some(size))
    }

    async fn sign(&self, service: &ServiceSecret) -> Result<Head, Error> {
        let signer = {
            let seed = self.vault.open(SecretOwner::AuditLog, &service.sealed)?;
            CheckpointSigner::from_seed(verifier_key(service)?.name(), &seed).map_err(unusable)?
        };
        let ledger = Arc::clone(&self.ledger);
        blocking(move || ledger.sign(&signer).map_err(Error::from)).await
    }

    /// What checks the log's checkpoints; none before there is a vault.
    pub(crate) async fn audit_key(&self) -> Result<VerifierKey, Error> {
        let service = self.store.service_secret(Service::AuditLog).await?;
        let unsigned = || {
            Error::new(Code::AuditUnsigned, "the audit log was never signed, so nothing can be proven")
                .hint("make the vault that signs it: keyward vault init")
        };
        verifier_key(&service.ok_or_else(unsigned)?)
    }
}

fn verifier_key(service: &ServiceSecret) -> Result<VerifierKey, Error> {
    service.public.parse().map_err(unusable)
}

fn unusable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(Code::Internal, "the key that signs the audit log cannot be used").caused_by(error)
}

#[cfg(test)]
mod tests {
    use crate::fixture::Fixture;

    async fn anchors(fixture: &Fixture) -> Vec<u64> {
        let anchors = fixture.control.store.anchors(None, 10).await.unwrap();
        anchors.into_iter().map(|anchor| anchor.size).collect()
    }

    #[tokio::test]
    async fn what_is_new_is_signed_and_what_is_not_is_left_alone() {
        let fixture = Fixture::new().await;
        for _ in 0..2 {
            assert_eq!(fixture.control.sign_checkpoint().await.unwrap(), Some(1));
        }
        assert_eq!(anchors(&fixture).await, [1]);
        fixture.project("bots").await;
        assert_eq!(fixture.control.sign_checkpoint().await.unwrap(), Some(2));
        assert_eq!(anchors(&fixture).await, [2, 1]);
    }

    #[tokio::test]
    async fn without_the_root_key_nothing_is_signed() {
        let fixture = Fixture::without_vault().await;
        assert_eq!(fixture.control.sign_checkpoint().await.unwrap(), None);
        fixture.init().await;
        fixture.control.vault.seal();
        assert_eq!(fixture.control.sign_checkpoint().await.unwrap(), None);
        assert!(anchors(&fixture).await.is_empty());
    }
}
