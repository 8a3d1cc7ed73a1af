//! Finding one key.

use keyward_policy::{Key, KeyId, KeyState};

use super::row::{KeyRow, gather, select_keys, select_keys_from, with_grants};
use crate::{Error, Store, What};

const BY_ID: &str = select_keys!("WHERE id = $1");
const BY_API_KEY: &str = select_keys!("WHERE api_key = $1");
/// Usable keys before revoked ones; enough of them to see that a name is ambiguous.
const BY_NAME: &str = select_keys!(
    "WHERE name = $1 ORDER BY CASE state WHEN 'revoked' THEN 1 ELSE 0 END, created_at, id LIMIT 8"
);

impl Store {
    /// The key with this id.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn key(&self, id: KeyId) -> Result<Key, Error> {
        let id = id.to_string();
        let found = self.keys_by(BY_ID, &id).await?;
        found.into_iter().next().ok_or_else(|| Error::not_found(What::Key, &id))
    }

    /// The key with this id, API key or name, looked for in this order.
    ///
    /// A name means the key that is not revoked, if there is one: the name of a killed bot may be used again.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Ambiguous`] when several keys have the name.
    pub async fn find_key(&self, text: &str) -> Result<Key, Error> {
        for by in [BY_ID, BY_API_KEY] {
            if let Some(key) = self.keys_by(by, text).await?.pop() {
                return Ok(key);
            }
        }
        the_one(self.keys_by(BY_NAME, text).await?, text)
    }

    async fn keys_by(&self, sql: &'static str, text: &str) -> Result<Vec<Key>, Error> {
        gather(on!(&self.pool, |db| sqlx::query_as::<_, KeyRow>(sql).bind(text).fetch_all(db).await)?)
    }
}

fn the_one(named: Vec<Key>, name: &str) -> Result<Key, Error> {
    let (revoked, usable): (Vec<_>, Vec<_>) =
        named.into_iter().partition(|key| key.state == KeyState::Revoked);
    let mut found = if usable.is_empty() { revoked } else { usable };
    match (found.pop(), found.is_empty()) {
        (None, _) => Err(Error::not_found(What::Key, &name)),
        (Some(key), true) => Ok(key),
        (Some(key), false) => {
            let ids = found.iter().map(|other| other.id).chain([key.id]).collect();
            Err(Error::Ambiguous { name: name.to_owned(), ids })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revoke;
    use crate::story::{World, at, both};

    #[tokio::test]
    async fn a_key_is_found_by_id_api_key_and_name() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            world.add_key(&store, "other").await;
            for text in [&*key.id.to_string(), key.api_key.as_str(), "bot"] {
                assert_eq!(store.find_key(text).await.unwrap(), key, "{text}");
            }
            assert!(matches!(store.find_key("none").await, Err(Error::NotFound { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_name_of_two_keys_is_ambiguous_until_one_is_revoked() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let (first, second) = (world.add_key(&store, "bot").await, world.add_key(&store, "bot").await);
            let refused = store.find_key("bot").await;
            assert!(matches!(refused, Err(Error::Ambiguous { ids, .. }) if ids == [first.id, second.id]));
            store.revoke_keys(Revoke::Key(first.id), at(1)).await.unwrap();
            assert_eq!(store.find_key("bot").await.unwrap(), second);
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_named_like_another_keys_id_does_not_hide_it() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            world.add_key(&store, &key.id.to_string()).await;
            assert_eq!(store.find_key(&key.id.to_string()).await.unwrap(), key);
        })
        .await;
    }
}
