//! Issuing keys.

use keyward_policy::{Grant, Key};

use super::row::verifier_bytes;
use crate::column::{self, KEY_TYPES, STATES, count, micros};
use crate::turn::Turn;
use crate::{Error, Store, What};

impl Store {
    /// Adds a key and its grants.
    ///
    /// # Errors
    /// [`Error::Tombstoned`] when its id or API key belonged to a revoked or deleted key, [`Error::Taken`] when they
    /// belong to another, [`Error::NotFound`] when its project, a venue or a credential does not exist.
    pub async fn add_key(&self, key: &Key) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        turn.insert_key(key).await?;
        turn.commit().await
    }
}

impl Turn {
    pub(crate) async fn insert_key(&mut self, key: &Key) -> Result<(), Error> {
        self.refuse_buried(key).await?;
        self.require(What::Project, key.project).await?;
        self.insert_key_row(key).await?;
        self.insert_grants(key).await
    }

    async fn refuse_buried(&mut self, key: &Key) -> Result<(), Error> {
        const SQL: &str = "SELECT id FROM tombstones WHERE id = $1 OR api_key = $1";
        for text in [&*key.id.to_string(), key.api_key.as_str()] {
            if self.text(SQL, text).await?.is_some() {
                return Err(Error::Tombstoned(text.to_owned()));
            }
        }
        Ok(())
    }

    async fn insert_key_row(&mut self, key: &Key) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO keys (id, project, name, api_key, key_type, verifier, state, not_before, \
            expires_at, retires_at, addresses, rate, revision, created_at, rotated_from) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
        let addresses = column::json(&key.addresses)?;
        let rate = key.rate.as_ref().map(column::json).transpose()?;
        let added = on!(&mut self.0, |tx| {
            let add = sqlx::query(SQL).bind(key.id.to_string()).bind(key.project.to_string());
            let add = add.bind(&key.name).bind(key.api_key.as_str());
            let add = add
                .bind(column::word(KEY_TYPES, key.verifier.key_type()))
                .bind(verifier_bytes(&key.verifier));
            let add = add.bind(column::word(STATES, key.state)).bind(key.lifetime.not_before.map(micros));
            let add = add.bind(key.lifetime.expires_at.map(micros)).bind(key.lifetime.retires_at.map(micros));
            let add = add.bind(addresses).bind(rate).bind(count(key.revision)).bind(micros(key.created_at));
            add.bind(key.rotated_from.map(|id| id.to_string())).execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Key, &key.id.to_string()))
    }

    pub(crate) async fn insert_grants(&mut self, key: &Key) -> Result<(), Error> {
        for grant in &key.grants {
            self.require(What::Venue, grant.venue).await?;
            if let Some(credential) = grant.credential {
                self.require(What::Credential, credential).await?;
            }
            self.insert_grant(&key.id.to_string(), grant).await?;
        }
        Ok(())
    }

    async fn insert_grant(&mut self, key: &str, grant: &Grant) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO grants (key, venue, credential, permissions, symbols) \
            VALUES ($1, $2, $3, $4, $5)";
        let symbols = column::json(&grant.symbols)?;
        let added = on!(&mut self.0, |tx| {
            let add = sqlx::query(SQL).bind(key).bind(grant.venue.to_string());
            let add = add.bind(grant.credential.map(|id| id.to_string())).bind(grant.permissions.to_string());
            add.bind(symbols).execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Grant, &format!("{key} on {}", grant.venue)))
    }
}
