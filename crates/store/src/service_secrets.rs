//! The secrets of Keyward itself: put once, never changed.

use keyward_policy::{Sealed, SecretOwner};

use crate::column::Bad;
use crate::row::Row;
use crate::{Error, Store, What};

/// What a secret of Keyward itself is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Signing audit checkpoints.
    AuditLog,
    /// Signing the identities of assert-mode venues.
    Identity,
}

impl Service {
    /// The record that the vault binds the secret to.
    pub const fn owner(self) -> SecretOwner {
        match self {
            Self::AuditLog => SecretOwner::AuditLog,
            Self::Identity => SecretOwner::Identity,
        }
    }
}

/// A key pair of Keyward itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceSecret {
    /// The private half.
    pub sealed: Sealed,
    /// The public half, in the form that its users need.
    pub public: String,
}

#[derive(sqlx::FromRow)]
struct ServiceSecretRow {
    owner: String,
    sealed: Vec<u8>,
    public: String,
}

impl Row for ServiceSecretRow {
    type Record = ServiceSecret;
    const TABLE: &'static str = "service_secrets";

    fn label(&self) -> String {
        self.owner.clone()
    }

    fn parse(self) -> Result<ServiceSecret, Bad> {
        Ok(ServiceSecret { sealed: Sealed::from_bytes(self.sealed), public: self.public })
    }
}

impl Store {
    /// A secret of Keyward itself.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn service_secret(&self, service: Service) -> Result<Option<ServiceSecret>, Error> {
        const SQL: &str = "SELECT owner, sealed, public FROM service_secrets WHERE owner = $1";
        self.find::<ServiceSecretRow>(SQL, &service.owner().to_string()).await
    }

    /// Puts a secret of Keyward itself, once.
    ///
    /// # Errors
    /// [`Error::Taken`] when there is one.
    pub async fn put_service_secret(&self, service: Service, secret: &ServiceSecret) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO service_secrets (owner, sealed, public) VALUES ($1, $2, $3)";
        let owner = service.owner().to_string();
        let put = on!(&self.pool, |db| {
            let put = sqlx::query(SQL).bind(&owner).bind(secret.sealed.as_bytes()).bind(&secret.public);
            put.execute(db).await.map(drop)
        });
        put.map_err(|error| Error::on_insert(error, What::ServiceSecret, &owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{both, sealed};

    #[tokio::test]
    async fn a_service_secret_is_put_once() {
        both(async |store| {
            let secret = ServiceSecret { sealed: sealed("private"), public: "log+key".to_owned() };
            store.put_service_secret(Service::AuditLog, &secret).await.unwrap();
            let again = store.put_service_secret(Service::AuditLog, &secret).await;
            assert!(matches!(again, Err(Error::Taken { .. })));
            assert_eq!(store.service_secret(Service::AuditLog).await.unwrap(), Some(secret));
            assert_eq!(store.service_secret(Service::Identity).await.unwrap(), None);
        })
        .await;
    }
}
