//! The snapshot: everything that the gateway serves, as it was at one moment.

use keyward_policy::{Credential, Key, Venue};
use sqlx::{Postgres, Sqlite, Transaction};

use crate::backend::Backend;
use crate::column::micros;
use crate::credentials::CredentialRow;
use crate::keys::row::{KeyRow, gather, select_keys, select_keys_from, with_grants};
use crate::row::Row;
use crate::venues::VenueRow;
use crate::{Error, Store};

/// Rows are read in portions of so many keys, so that they never lie in memory beside all the keys made of them.
const PORTION: i64 = 4096;

/// Everything that the gateway serves.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The venues.
    pub venues: Vec<Venue>,
    /// The credentials.
    pub credentials: Vec<Credential>,
    /// The keys in every state, the oldest first.
    pub keys: Vec<Key>,
}

/// A transaction that sees one moment.
type Moment = Backend<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>;

impl Store {
    /// Reads everything that the gateway serves, in one moment's state and without a limit.
    ///
    /// # Errors
    /// [`Error::Corrupt`] for the first row that cannot be read: a gateway with a part of the keys is not started.
    pub async fn load(&self) -> Result<Snapshot, Error> {
        const VENUES: &str =
            "SELECT id, name, dialect, urls, mode, public_market_data, created_at FROM venues";
        const CREDENTIALS: &str =
            "SELECT id, name, venue, api_key, key_type, sealed, public_key, created_at FROM credentials";
        let mut moment = match &self.pool {
            Backend::Sqlite(db) => Backend::Sqlite(db.begin().await?),
            Backend::Postgres(db) => {
                Backend::Postgres(db.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        };
        Ok(Snapshot {
            venues: all::<VenueRow>(&mut moment, VENUES).await?,
            credentials: all::<CredentialRow>(&mut moment, CREDENTIALS).await?,
            keys: keys(&mut moment).await?,
        })
    }
}

async fn all<R: Row>(moment: &mut Moment, sql: &'static str) -> Result<Vec<R::Record>, Error> {
    let rows = on!(moment, |tx| sqlx::query_as::<_, R>(sql).fetch_all(&mut **tx).await)?;
    rows.into_iter().map(R::read).collect()
}

async fn keys(moment: &mut Moment) -> Result<Vec<Key>, Error> {
    let mut keys = Vec::new();
    loop {
        let portion = keys_after(moment, keys.last()).await?;
        if portion.is_empty() {
            return Ok(keys);
        }
        keys.extend(portion);
    }
}

async fn keys_after(moment: &mut Moment, last: Option<&Key>) -> Result<Vec<Key>, Error> {
    const SQL: &str = select_keys!("WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3");
    let (created_at, id) =
        last.map_or((i64::MIN, String::new()), |key| (micros(key.created_at), key.id.to_string()));
    let rows = on!(moment, |tx| {
        let portion = sqlx::query_as::<_, KeyRow>(SQL).bind(created_at).bind(&id).bind(PORTION);
        portion.fetch_all(&mut **tx).await
    })?;
    gather(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{World, both, multiply, tamper};

    #[tokio::test]
    async fn everything_is_loaded_across_portions() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            multiply(&store, 2 * PORTION + 1).await;
            let loaded = store.load().await.unwrap();
            assert_eq!((loaded.venues, loaded.credentials), (vec![world.venue], vec![world.credential]));
            assert_eq!(loaded.keys.len() as i64, 2 * PORTION + 2);
            assert!(loaded.keys.iter().all(|loaded| loaded.grants == key.grants));
            assert!(loaded.keys.windows(2).all(|pair| pair[0].created_at <= pair[1].created_at));
        })
        .await;
    }

    #[tokio::test]
    async fn tmp_measure() {
        both(async |store| {
            let n: i64 = std::env::var("KW_N").unwrap().parse().unwrap();
            let world = World::add(&store, "binance").await;
            world.add_key(&store, "bot").await;
            multiply(&store, n).await;
            let start = std::time::Instant::now();
            let loaded = store.load().await.unwrap();
            println!("MEASURE {} keys in {:?}", loaded.keys.len(), start.elapsed());
        })
        .await;
    }

    #[tokio::test]
    async fn a_damaged_key_is_named_and_nothing_is_loaded() {
        for damage in [
            "UPDATE keys SET id = 'key_short'",
            "UPDATE keys SET key_type = 'ed25519'",
            "UPDATE keys SET key_type = 'dsa'",
            "UPDATE keys SET state = 'forgiven'",
            "UPDATE keys SET addresses = '{'",
            "UPDATE keys SET rate = '{\"per_minute\":-1,\"burst\":1}'",
            "UPDATE keys SET revision = -1",
            "UPDATE keys SET expires_at = 9223372036854775807",
            "UPDATE keys SET rotated_from = 'prj_00000000000000000000000000'",
        ] {
            both(async |store| {
                let world = World::add(&store, "binance").await;
                store.add_key(&Key { grants: Vec::new(), ..world.key("bot") }).await.unwrap();
                tamper(&store, damage).await;
                let refused = store.load().await;
                assert!(
                    matches!(refused, Err(Error::Corrupt { table: "keys", .. })),
                    "{damage}: {refused:?}"
                );
            })
            .await;
        }
    }

    #[tokio::test]
    async fn a_damaged_grant_is_named_and_nothing_is_loaded() {
        for damage in
            ["UPDATE grants SET permissions = 'everything'", "UPDATE grants SET symbols = '[\"BTC\"]'"]
        {
            both(async |store| {
                World::add(&store, "binance").await.add_key(&store, "bot").await;
                tamper(&store, damage).await;
                assert!(matches!(store.load().await, Err(Error::Corrupt { table: "keys", .. })), "{damage}");
            })
            .await;
        }
    }
}
