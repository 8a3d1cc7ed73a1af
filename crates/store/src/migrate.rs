//! Bringing a database to this version's tables.

use sqlx::migrate::{MigrateError, Migrator};

use crate::Error;
use crate::backend::{Backend, Pool};

/// Two folders, because the types of columns differ (`BLOB` and `BYTEA`, strict tables, collations).
static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Applies what is missing; a database with anything unknown is left as it is.
pub(crate) async fn migrate(pool: &Pool) -> Result<(), Error> {
    match pool {
        Backend::Sqlite(db) => {
            // One write lock around all of it: of two processes that start at once, the second finds it done.
            let mut tx = db.begin_with("BEGIN IMMEDIATE").await?;
            SQLITE.run(&mut *tx).await.map_err(|error| refused(error, &SQLITE))?;
            Ok(tx.commit().await?)
        }
        // Takes an advisory lock itself.
        Backend::Postgres(db) => POSTGRES.run(db).await.map_err(|error| refused(error, &POSTGRES)),
    }
}

fn refused(error: MigrateError, migrator: &Migrator) -> Error {
    let known = migrator.iter().map(|migration| migration.version).max().unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) if found > known => Error::Newer { found, known },
        MigrateError::Execute(error) => error.into(),
        MigrateError::ExecuteMigration(error, _) => Error::Schema(Error::from(error).to_string()),
        other => Error::Schema(other.to_string()),
    }
}
