//! Copying a database while it is used.

use std::path::Path;

use crate::backend::Backend;
use crate::{Error, Store};

impl Store {
    /// Writes a SQLite database as it is at this moment into a new file, which is not yet durable. Does nothing for
    /// Postgres, whose own `pg_dump` does this, and says so.
    ///
    /// # Errors
    /// [`Error::Refused`] when the file exists or the path is not text; and those of the database.
    pub async fn copy_to(&self, file: &Path) -> Result<bool, Error> {
        let Backend::Sqlite(db) = &self.pool else { return Ok(false) };
        let path = file.to_str().ok_or_else(|| Error::Refused("the path is not text".to_owned()))?;
        sqlx::query("VACUUM INTO $1").bind(path).execute(db).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Revoke;
    use crate::story::{World, at, both};

    #[tokio::test]
    async fn a_copy_is_what_there_was_and_opens_as_a_database() {
        both(async |store| {
            let key = World::add(&store, "binance").await.add_key(&store, "bot").await;
            let directory = tempfile::tempdir().unwrap();
            let file = directory.path().join("copy.db");
            if !store.copy_to(&file).await.unwrap() {
                return assert!(!file.exists());
            }
            store.revoke_keys(Revoke::All, at(1)).await.unwrap();
            let copy = Store::open(file.to_str().unwrap()).await.unwrap();
            assert_eq!(copy.load().await.unwrap().keys, [key]);
            assert!(matches!(store.copy_to(&file).await, Err(Error::Refused(_))));
        })
        .await;
    }
}
