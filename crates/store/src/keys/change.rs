//! Changing and rotating keys.

use keyward_policy::{Key, KeyState, KeyType};

use super::row::verifier_bytes;
use crate::column::{self, KEY_TYPES, STATES, count, micros};
use crate::turn::Turn;
use crate::{Error, Store, What};

impl Store {
    /// Puts a changed key in place of its last revision: its name, state, lifetime, addresses, rate and grants.
    ///
    /// What a key is (id, project, API key, verifier) never changes, but for the pages of a publishable key. A key is not
    /// revoked in this way, but by [`Store::revoke_keys`].
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
            retires_at = $5, addresses = $6, rate = $7, revision = $8, \
            verifier = CASE WHEN key_type = $10 THEN $11 ELSE verifier END \
            WHERE id = $9 AND revision = $8 - 1 AND state <> 'revoked'";
        let addresses = column::json(&key.addresses)?;
        let rate = key.rate.as_ref().map(column::json).transpose()?;
        // A key that signs must not become one that does not: neither may the row's type differ, nor the key's.
        let pages = key.verifier.pages().map(|_| column::word(KEY_TYPES, KeyType::Publishable));
        let verifier = verifier_bytes(&key.verifier)?;
        let changed = on!(&mut self.0, |tx| {
            let set = sqlx::query(SQL).bind(&key.name).bind(column::word(STATES, key.state));
            let set = set.bind(key.lifetime.not_before.map(micros)).bind(key.lifetime.expires_at.map(micros));
            let set = set.bind(key.lifetime.retires_at.map(micros)).bind(addresses).bind(rate);
            let set = set.bind(count(key.revision)).bind(key.id.to_string()).bind(pages).bind(&*verifier);
            set.execute(&mut **tx).await.map(|done| done.rows_affected())
        });
        Ok(changed?)
    }

    async fn why_unchanged(&mut self, key: &Key) -> Result<Error, Error> {
        let state = self.text("SELECT state FROM keys WHERE id = $1", &key.id.to_string()).await?;
        Ok(match state.as_deref() {
            None => Error::not_found(What::Key, &key.id),
            Some("revoked") => Error::Revoked(key.id),
            Some(_) => Error::conflict(What::Key, &key.id),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revoke;
    use crate::story::{World, at, both, changed, pages};

    #[tokio::test]
    async fn a_change_replaces_what_may_change_and_nothing_else() {
        both(async |store| {
            let (world, other) = (World::add(&store, "one").await, World::add(&store, "two").await);
            let key = world.add_key(&store, "bot").await;
            let edited = changed(&key, |key| {
                key.name = "renamed".to_owned();
                key.state = KeyState::Suspended;
                key.lifetime.expires_at = Some(at(9));
                key.rate = Some(keyward_policy::RateLimit { per_minute: 1, burst: 1 });
                key.addresses.deny = vec!["10.0.0.0/8".parse().unwrap()];
                key.grants = vec![other.grant()];
            });
            let forged = Key { project: other.project.id, api_key: other.key("x").api_key, ..edited.clone() };
            store.update_key(&forged).await.unwrap();
            assert_eq!(store.key(key.id).await.unwrap(), edited);
        })
        .await;
    }

    #[tokio::test]
    async fn the_pages_of_a_publishable_key_change_and_no_key_becomes_one() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let (one, other) = (pages(&["https://one.example"]), pages(&["https://other.example"]));
            let page = Key { verifier: one.clone(), ..world.key("page") };
            store.add_key(&page).await.unwrap();
            let edited = changed(&page, |key| key.verifier = other);
            store.update_key(&edited).await.unwrap();
            assert_eq!(store.key(page.id).await.unwrap(), edited);
            let bot = world.add_key(&store, "bot").await;
            store.update_key(&changed(&bot, |key| key.verifier = one)).await.unwrap();
            store.update_key(&changed(&edited, |key| key.verifier = bot.verifier.clone())).await.unwrap();
            assert_eq!(store.key(bot.id).await.unwrap().verifier, bot.verifier);
            assert_eq!(store.key(page.id).await.unwrap().verifier, edited.verifier);
        })
        .await;
    }

    #[tokio::test]
    async fn of_two_changes_to_one_revision_only_one_is_made() {
        both(async |store| {
            let key = World::add(&store, "binance").await.add_key(&store, "bot").await;
            let (mine, yours) = (
                changed(&key, |key| key.name = "mine".to_owned()),
                changed(&key, |key| key.name = "yours".to_owned()),
            );
            let (mine, yours) = tokio::join!(store.update_key(&mine), store.update_key(&yours));
            let refused = if mine.is_ok() { yours } else { mine };
            assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
            assert_eq!(store.key(key.id).await.unwrap().revision, 2);
        })
        .await;
    }

    #[tokio::test]
    async fn an_unknown_key_is_not_changed() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let refused = store.update_key(&changed(&world.key("bot"), |_| ())).await;
            assert!(matches!(refused, Err(Error::NotFound { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_revoked_key_is_neither_changed_nor_rotated() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            store.revoke_keys(Revoke::Key(key.id), at(1)).await.unwrap();
            for revision in [1, 2, 3] {
                let back = Key { revision, ..key.clone() };
                assert!(matches!(store.update_key(&back).await, Err(Error::Revoked(_))));
                let rotated = store.rotate_key(&back, &world.key("copy")).await;
                assert!(matches!(rotated, Err(Error::Revoked(_))));
            }
            assert_eq!(store.load().await.unwrap().keys.len(), 1);
        })
        .await;
    }

    #[tokio::test]
    async fn revoking_is_not_an_edit() {
        both(async |store| {
            let key = World::add(&store, "binance").await.add_key(&store, "bot").await;
            let refused = store.update_key(&changed(&key, |key| key.state = KeyState::Revoked)).await;
            assert!(matches!(refused, Err(Error::Revoked(_))));
            assert_eq!(store.key(key.id).await.unwrap(), key);
        })
        .await;
    }

    #[tokio::test]
    async fn a_rotation_happens_whole_or_not_at_all() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let old = world.add_key(&store, "bot").await;
            let retiring = changed(&old, |key| key.lifetime.retires_at = Some(at(9)));
            let clash = Key { api_key: old.api_key.clone(), ..world.key("bot") };
            assert!(matches!(store.rotate_key(&retiring, &clash).await, Err(Error::Taken { .. })));
            assert_eq!(store.key(old.id).await.unwrap(), old);
            let new = Key { rotated_from: Some(old.id), ..world.key("bot") };
            store.rotate_key(&retiring, &new).await.unwrap();
            assert_eq!(store.load().await.unwrap().keys, [retiring, new]);
        })
        .await;
    }
}
