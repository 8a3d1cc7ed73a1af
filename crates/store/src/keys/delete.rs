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
        let mut turn = self.turn().await?;
        let key = turn.require(What::Key, &id).await?;
        on!(&mut turn.0, |tx| {
            sqlx::query(BURY).bind(&key).bind(micros(at)).execute(&mut **tx).await.map(drop)
        })?;
        turn.change("DELETE FROM grants WHERE key = $1", &key).await?;
        turn.change("DELETE FROM hand_overs WHERE key = $1", &key).await?;
        turn.change("DELETE FROM keys WHERE id = $1", &key).await?;
        turn.commit().await
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Key;

    use super::*;
    use crate::Revoke;
    use crate::story::{World, at, both};

    #[tokio::test]
    async fn a_deleted_key_never_comes_back() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            store.delete_key(key.id, at(1)).await.unwrap();
            assert!(matches!(store.key(key.id).await, Err(Error::NotFound { .. })));
            for late in
                [Key { id: key.id, ..world.key("bot") }, Key { api_key: key.api_key, ..world.key("bot") }]
            {
                assert!(matches!(store.add_key(&late).await, Err(Error::Tombstoned(_))));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn a_revoked_key_may_be_deleted_and_then_is_gone() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            store.revoke_keys(Revoke::Key(key.id), at(1)).await.unwrap();
            store.delete_key(key.id, at(2)).await.unwrap();
            assert!(matches!(store.delete_key(key.id, at(3)).await, Err(Error::NotFound { .. })));
            assert!(matches!(store.add_key(&key).await, Err(Error::Tombstoned(_))));
            store.remove_credential(world.credential.id).await.unwrap();
        })
        .await;
    }
}
