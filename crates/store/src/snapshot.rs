//! The snapshot: everything that the gateway serves, as it was at one moment.

use futures_util::TryStreamExt;
use keyward_policy::{Credential, Key, Venue};
use sqlx::{Postgres, Sqlite, Transaction};

use crate::backend::Backend;
use crate::credentials::CredentialRow;
use crate::keys::row::{KeyRow, add_row, select_keys_from};
use crate::row::Row;
use crate::venues::VenueRow;
use crate::{Error, Store};

/// Everything that the gateway serves.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// The venues.
    pub venues: Vec<Venue>,
    /// The credentials.
    pub credentials: Vec<Credential>,
    /// The keys in every state, in no particular order.
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
        const CREDENTIALS: &str = "SELECT id, name, venue, api_key, key_type, sealed, public_key, created_at, checked, project FROM credentials";
        let mut moment = self.moment().await?;
        Ok(Snapshot {
            venues: all::<VenueRow>(&mut moment, VENUES).await?,
            credentials: all::<CredentialRow>(&mut moment, CREDENTIALS).await?,
            keys: keys(&mut moment).await?,
        })
    }

    async fn moment(&self) -> Result<Moment, Error> {
        const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(match &self.pool {
            Backend::Sqlite(db) => Backend::Sqlite(db.begin().await?),
            Backend::Postgres(db) => {
                let mut moment = db.begin_with(BEGIN).await?;
                // The time that the reader takes counts as well, and a million keys take a while.
                sqlx::query("SET LOCAL statement_timeout = '10min'").execute(&mut *moment).await?;
                Backend::Postgres(moment)
            }
        })
    }
}

async fn all<R: Row>(moment: &mut Moment, sql: &'static str) -> Result<Vec<R::Record>, Error> {
    let rows = on!(moment, |tx| sqlx::query_as::<_, R>(sql).fetch_all(&mut **tx).await)?;
    rows.into_iter().map(R::read).collect()
}

/// In the order of their ids, which is that of the tables: nothing is sorted and nothing is looked up.
async fn keys(moment: &mut Moment) -> Result<Vec<Key>, Error> {
    const SQL: &str =
        concat!(select_keys_from!(), ") k LEFT JOIN grants g ON g.key = k.id ORDER BY k.id, g.venue");
    let mut keys = Vec::new();
    on!(moment, |tx| {
        let mut rows = sqlx::query_as::<_, KeyRow>(SQL).fetch(&mut **tx);
        while let Some(row) = rows.try_next().await? {
            add_row(&mut keys, row)?;
        }
    });
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{World, both, multiply, tamper};

    #[tokio::test]
    async fn every_key_is_loaded_with_its_grants() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            multiply(&store, 3000).await;
            let loaded = store.load().await.unwrap();
            assert_eq!((loaded.venues, loaded.credentials), (vec![world.venue], vec![world.credential]));
            assert_eq!(loaded.keys.len(), 3001);
            assert!(loaded.keys.iter().all(|loaded| loaded.grants == key.grants));
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
