//! Deleting keys, and the tombstones that keep them deleted.

use jiff::Timestamp;
use keyward_policy::KeyId;

use crate::column::micros;
use crate::{Error, Store, What};

impl Store {
    /// Deletes a key and its grants. Its id and its API key are never issued again.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn delete_key(&self, id: KeyId, at: Timestamp) -> Result<(), Error> {
        // A revoked key has its tombstone already.
        const BURY: &str = "INSERT INTO tombstones (id, api_key, buried_at) \
            SELECT id, api_key, $2 FROM keys WHERE id = $1 ON CONFLICT (id) DO NOTHING";
        let key = id.to_string();
        let mut turn = self.turn().await?;
        turn.require(What::Key, id).await?;
        on!(&mut turn.0, |tx| {
            sqlx::query(BURY).bind(&key).bind(micros(at)).execute(&mut **tx).await.map(drop)
        })?;
        turn.change("DELETE FROM grants WHERE key = $1", &key).await?;
        turn.change("DELETE FROM keys WHERE id = $1", &key).await?;
        turn.commit().await
    }
}
