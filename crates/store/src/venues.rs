//! The table of venues.

use keyward_policy::{Venue, VenueId};

use crate::column::{self, Bad, MODES, micros};
use crate::page::{List, Page};
use crate::remove::Users;
use crate::row::Row;
use crate::{Error, Store, What};

const USERS: &Users = &[
    (What::Credential, "SELECT name FROM credentials WHERE venue = $1 LIMIT 1"),
    (What::Key, "SELECT key FROM grants WHERE venue = $1 LIMIT 1"),
];

#[derive(sqlx::FromRow)]
pub(crate) struct VenueRow {
    id: String,
    name: String,
    dialect: String,
    urls: String,
    mode: String,
    public_market_data: bool,
    created_at: i64,
}

impl Row for VenueRow {
    type Record = Venue;
    const TABLE: &'static str = "venues";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Venue, Bad> {
        Ok(Venue {
            id: self.id.parse()?,
            urls: serde_json::from_str(&self.urls)?,
            mode: column::value(MODES, &self.mode)?,
            created_at: column::time(self.created_at)?,
            name: self.name,
            dialect: self.dialect,
            public_market_data: self.public_market_data,
        })
    }
}

impl Store {
    /// Adds a venue.
    ///
    /// # Errors
    /// [`Error::Taken`] when the name is in use.
    pub async fn add_venue(&self, venue: &Venue) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO venues (id, name, dialect, urls, mode, public_market_data, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let urls = column::json(&venue.urls)?;
        let added = on!(&self.pool, |db| {
            let add = sqlx::query(SQL).bind(venue.id.to_string()).bind(&venue.name).bind(&venue.dialect);
            let add = add.bind(urls).bind(column::word(MODES, venue.mode)).bind(venue.public_market_data);
            add.bind(micros(venue.created_at)).execute(db).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Venue, &venue.name))
    }

    /// The venue with this id or name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn venue(&self, id_or_name: &str) -> Result<Venue, Error> {
        const SQL: &str = "SELECT id, name, dialect, urls, mode, public_market_data, created_at FROM venues \
            WHERE id = $1 OR name = $1 ORDER BY CASE id WHEN $1 THEN 0 ELSE 1 END LIMIT 1";
        let venue = self.find::<VenueRow>(SQL, id_or_name).await?;
        venue.ok_or_else(|| Error::not_found(What::Venue, &id_or_name))
    }

    /// Venues in the order of their names.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn venues(&self, page: &Page) -> Result<List<Venue>, Error> {
        const SQL: &str = "SELECT id, name, dialect, urls, mode, public_market_data, created_at FROM venues \
            WHERE name > $1 ORDER BY name LIMIT $2";
        self.by_name::<VenueRow>(SQL, page, |venue| venue.name.clone()).await
    }

    /// Removes a venue that no credential and no grant refers to.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::NotFound`].
    pub async fn remove_venue(&self, id: VenueId) -> Result<(), Error> {
        self.remove(What::Venue, &id, USERS, "DELETE FROM venues WHERE id = $1").await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{World, both, credential, tamper, venue};

    #[tokio::test]
    async fn a_venue_is_found_by_its_id_and_by_its_name() {
        both(async |store| {
            let venue =
                Venue { mode: keyward_policy::Mode::Assert, public_market_data: false, ..venue("binance") };
            store.add_venue(&venue).await.unwrap();
            assert_eq!(store.venue("binance").await.unwrap(), venue);
            assert_eq!(store.venue(&venue.id.to_string()).await.unwrap(), venue);
            assert!(matches!(store.venue("kraken").await, Err(Error::NotFound { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_name_is_given_to_one_venue_only() {
        both(async |store| {
            store.add_venue(&venue("binance")).await.unwrap();
            assert!(matches!(store.add_venue(&venue("binance")).await, Err(Error::Taken { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn venues_are_listed_by_name_page_by_page() {
        both(async |store| {
            for name in ["okx", "Bybit", "binance"] {
                store.add_venue(&venue(name)).await.unwrap();
            }
            let first = store.venues(&Page { after: None, limit: 2 }).await.unwrap();
            let names: Vec<_> = first.items.iter().map(|venue| &*venue.name).collect();
            assert_eq!((names, first.next.as_deref()), (vec!["Bybit", "binance"], Some("binance")));
            let last = store.venues(&Page { after: first.next, limit: 2 }).await.unwrap();
            assert_eq!((last.items.len(), last.next), (1, None));
        })
        .await;
    }

    #[tokio::test]
    async fn a_venue_in_use_is_not_removed() {
        both(async |store| {
            let venue = venue("binance");
            store.add_venue(&venue).await.unwrap();
            let credential = credential("main", &venue);
            store.add_credential(&credential).await.unwrap();
            let refused = store.remove_venue(venue.id).await;
            assert!(matches!(refused, Err(Error::InUse { by, .. }) if by == "credential `main`"));
            store.remove_credential(credential.id).await.unwrap();
            store.remove_venue(venue.id).await.unwrap();
            assert!(matches!(store.remove_venue(venue.id).await, Err(Error::NotFound { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_venue_of_which_a_key_holds_a_grant_is_not_removed() {
        both(async |store| {
            let (world, assert_mode) = (World::add(&store, "binance").await, venue("partner"));
            store.add_venue(&assert_mode).await.unwrap();
            let mut key = world.key("bot");
            key.grants[0] =
                keyward_policy::Grant { venue: assert_mode.id, credential: None, ..world.grant() };
            store.add_key(&key).await.unwrap();
            let refused = store.remove_venue(assert_mode.id).await;
            assert!(matches!(refused, Err(Error::InUse { by, .. }) if by == format!("key `{}`", key.id)));
        })
        .await;
    }

    #[tokio::test]
    async fn a_damaged_venue_is_named_and_not_served() {
        both(async |store| {
            store.add_venue(&venue("binance")).await.unwrap();
            tamper(&store, "UPDATE venues SET mode = 'open'").await;
            assert!(matches!(
                store.venues(&Page::default()).await,
                Err(Error::Corrupt { table: "venues", .. })
            ));
        })
        .await;
    }
}
