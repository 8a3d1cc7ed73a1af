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
        self.require(What::Project, &key.project).await?;
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
        let verifier = verifier_bytes(&key.verifier)?;
        let added = on!(&mut self.0, |tx| {
            let add = sqlx::query(SQL).bind(key.id.to_string()).bind(key.project.to_string());
            let add = add.bind(&key.name).bind(key.api_key.as_str());
            let add = add.bind(column::word(KEY_TYPES, key.verifier.key_type())).bind(&*verifier);
            let add = add.bind(column::word(STATES, key.state)).bind(key.lifetime.not_before.map(micros));
            let add = add.bind(key.lifetime.expires_at.map(micros)).bind(key.lifetime.retires_at.map(micros));
            let add = add.bind(addresses).bind(rate).bind(count(key.revision)).bind(micros(key.created_at));
            add.bind(key.rotated_from.map(|id| id.to_string())).execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Key, &key.id.to_string()))
    }

    pub(crate) async fn insert_grants(&mut self, key: &Key) -> Result<(), Error> {
        for grant in &key.grants {
            self.require(What::Venue, &grant.venue).await?;
            if let Some(credential) = grant.credential {
                self.require(What::Credential, &credential).await?;
            }
            self.insert_grant(&key.id.to_string(), grant).await?;
        }
        Ok(())
    }

    async fn insert_grant(&mut self, key: &str, grant: &Grant) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO grants (key, venue, credential, permissions, symbols, holds) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        let (symbols, holds) = (column::json(&grant.symbols)?, column::json(&grant.holds)?);
        let added = on!(&mut self.0, |tx| {
            let add = sqlx::query(SQL).bind(key).bind(grant.venue.to_string());
            let add = add.bind(grant.credential.map(|id| id.to_string())).bind(grant.permissions.to_string());
            add.bind(symbols).bind(holds).execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Grant, &format!("{key} on {}", grant.venue)))
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::{AddressRules, ApiKey, Key, Lifetime, RateLimit, Symbols, Verifier};

    use super::*;
    use crate::story::{World, at, both, pages, project, venue};

    #[tokio::test]
    async fn a_key_reads_back_as_it_was_added() {
        both(async |store| {
            let (one, two) = (World::add(&store, "one").await, World::add(&store, "two").await);
            let ranges = |range: &str| vec![range.parse().unwrap()];
            let key = Key {
                verifier: Verifier::Ed25519([7; 32]),
                lifetime: Lifetime {
                    not_before: Some(at(1)),
                    expires_at: Some(at(2)),
                    retires_at: Some(at(3)),
                },
                addresses: AddressRules { allow: ranges("10.0.0.0/8"), deny: ranges("2001:db8::/32") },
                rate: Some(RateLimit { per_minute: 60, burst: 5 }),
                grants: vec![one.grant(), Grant { credential: None, symbols: Symbols::any(), ..two.grant() }],
                rotated_from: Some(one.key("before").id),
                ..one.key("bot")
            };
            store.add_key(&key).await.unwrap();
            assert_eq!(store.key(key.id).await.unwrap(), key);
        })
        .await;
    }

    #[tokio::test]
    async fn a_key_of_every_type_and_without_grants_reads_back() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let rsa = Key { verifier: Verifier::Rsa([1, 2, 3].into()), ..world.key("rsa") };
            let page = Key { verifier: pages(&["https://app.example"]), ..world.key("page") };
            for key in [rsa, page, world.key("hmac"), Key { grants: Vec::new(), ..world.key("nothing") }] {
                store.add_key(&key).await.unwrap();
                assert_eq!(store.key(key.id).await.unwrap(), key);
            }
        })
        .await;
    }

    #[tokio::test]
    async fn what_a_key_refers_to_must_exist() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let no_venue = Grant { venue: venue("none").id, ..world.grant() };
            let no_credential = crate::story::credential("none", &world.venue).id;
            let no_credential = Grant { credential: Some(no_credential), ..world.grant() };
            let refused = [
                (Key { project: project("none").id, ..world.key("bot") }, What::Project),
                (Key { grants: vec![no_venue], ..world.key("bot") }, What::Venue),
                (Key { grants: vec![no_credential], ..world.key("bot") }, What::Credential),
            ];
            for (key, missing) in refused {
                let refused = store.add_key(&key).await;
                assert!(
                    matches!(refused, Err(Error::NotFound { what, .. }) if what == missing),
                    "{refused:?}"
                );
            }
            assert_eq!(store.load().await.unwrap().keys, [], "a refused key leaves nothing behind");
        })
        .await;
    }

    #[tokio::test]
    async fn an_id_and_an_api_key_belong_to_one_key() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let first = world.add_key(&store, "bot").await;
            for second in [
                Key { id: first.id, ..world.key("bot") },
                Key { api_key: ApiKey::new(first.api_key.as_str()), ..world.key("bot") },
            ] {
                assert!(matches!(store.add_key(&second).await, Err(Error::Taken { what: What::Key, .. })));
            }
        })
        .await;
    }

    #[tokio::test]
    async fn two_grants_on_one_venue_are_refused() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let twice = Key { grants: vec![world.grant(), world.grant()], ..world.key("bot") };
            assert!(matches!(store.add_key(&twice).await, Err(Error::Taken { what: What::Grant, .. })));
        })
        .await;
    }
}
