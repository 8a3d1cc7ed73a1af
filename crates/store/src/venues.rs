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
        venue.ok_or_else(|| Error::not_found(What::Venue, id_or_name))
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
        self.remove(What::Venue, id, USERS, "DELETE FROM venues WHERE id = $1").await
    }
}
