//! Changing and rotating keys.

use keyward_policy::{Key, KeyState};

use crate::column::{self, STATES, count, micros};
use crate::turn::Turn;
use crate::{Error, Store, What};

impl Store {
    /// Puts a changed key in place of its last revision: its name, state, lifetime, addresses, rate and grants.
    ///
    /// What a key is (id, project, API key, verifier) never changes. A key is not revoked in this way, but by
    /// [`Store::revoke_keys`].
    ///
    /// # Errors
    /// [`Error::Conflict`] unless the stored revision is the one before this; [`Error::Revoked`] when the stored key is
    /// revoked, or this one is; [`Error::NotFound`] when it, a venue or a credential does not exist.
    pub async fn update_key(&self, key: &Key) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        turn.update_key(key).await?;
        turn.commit().await
    }

    /// Changes the old key and adds the one that replaces it, both or neither.
    ///
    /// # Errors
    /// Those of [`Store::update_key`] for the old, those of [`Store::add_key`] for the new.
    pub async fn rotate_key(&self, old: &Key, new: &Key) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        turn.update_key(old).await?;
        turn.insert_key(new).await?;
        turn.commit().await
    }
}

impl Turn {
    async fn update_key(&mut self, key: &Key) -> Result<(), Error> {
        if key.state == KeyState::Revoked {
            return Err(Error::Revoked(key.id));
        }
        if self.update_key_row(key).await? == 0 {
            return Err(self.why_unchanged(key).await?);
        }
        self.change("DELETE FROM grants WHERE key = $1", &key.id.to_string()).await?;
        self.insert_grants(key).await
    }

    async fn update_key_row(&mut self, key: &Key) -> Result<u64, Error> {
        const SQL: &str = "UPDATE keys SET name = $1, state = $2, not_before = $3, expires_at = $4, \
            retires_at = $5, addresses = $6, rate = $7, revision = $8 \
            WHERE id = $9 AND revision = $8 - 1 AND state <> 'revoked'";
        let addresses = column::json(&key.addresses)?;
        let rate = key.rate.as_ref().map(column::json).transpose()?;
        let changed = on!(&mut self.0, |tx| {
            let set = sqlx::query(SQL).bind(&key.name).bind(column::word(STATES, key.state));
            let set = set.bind(key.lifetime.not_before.map(micros)).bind(key.lifetime.expires_at.map(micros));
            let set = set.bind(key.lifetime.retires_at.map(micros)).bind(addresses).bind(rate);
            let set = set.bind(count(key.revision)).bind(key.id.to_string());
            set.execute(&mut **tx).await.map(|done| done.rows_affected())
        });
        Ok(changed?)
    }

    async fn why_unchanged(&mut self, key: &Key) -> Result<Error, Error> {
        let state = self.text("SELECT state FROM keys WHERE id = $1", &key.id.to_string()).await?;
        Ok(match state.as_deref() {
            None => Error::not_found(What::Key, key.id),
            Some("revoked") => Error::Revoked(key.id),
            Some(_) => Error::conflict(What::Key, key.id),
        })
    }
}
