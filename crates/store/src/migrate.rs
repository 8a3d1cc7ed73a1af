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
            // `run` on a borrowed connection makes a future that is not `Send`; this is sqlx's own way around it.
            SQLITE.run_direct(None, &mut *tx, false).await.map_err(|error| refused(error, &SQLITE))?;
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::Store;
    use crate::story::{both, both_at, tamper};

    /// Each column as `table.column type null?`, with Postgres' words for the types.
    fn columns(rows: Vec<(String, String, String, bool)>) -> Vec<String> {
        let kind = |name: String| match name.to_ascii_lowercase().as_str() {
            "integer" | "bigint" | "boolean" => "number",
            "blob" | "bytea" => "bytes",
            _ => "text",
        };
        let line = |(table, column, name, null)| format!("{table}.{column} {} {null}", kind(name));
        rows.into_iter().map(line).collect()
    }

    async fn schema(pool: &Pool) -> Vec<String> {
        const SQLITE: &str = "SELECT t.name, c.name, c.type, c.\"notnull\" = 0 FROM sqlite_schema t \
            JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\' \
            ORDER BY t.name, c.cid";
        const POSTGRES: &str = "SELECT table_name::text, column_name::text, data_type::text, is_nullable = 'YES' \
            FROM information_schema.columns WHERE table_schema = current_schema() \
            AND table_name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY table_name, ordinal_position";
        columns(match pool {
            Backend::Sqlite(db) => sqlx::query_as(SQLITE).fetch_all(db).await.unwrap(),
            Backend::Postgres(db) => sqlx::query_as(POSTGRES).fetch_all(db).await.unwrap(),
        })
    }

    #[tokio::test]
    async fn both_databases_have_the_same_tables_and_columns() {
        let seen = RefCell::new(Vec::new());
        both(async |store| {
            let columns = schema(&store.pool).await;
            seen.borrow_mut().push(columns);
        })
        .await;
        let seen = seen.into_inner();
        assert!(seen[0].len() > 50, "{seen:#?}");
        assert_eq!(seen[0], seen[1]);
    }

    #[tokio::test]
    async fn bytes_are_kept_where_they_are_sealed_or_public_and_nowhere_else() {
        both(async |store| {
            let columns = schema(&store.pool).await;
            let bytes: Vec<_> = columns.iter().filter_map(|line| line.strip_suffix(" bytes false")).collect();
            assert_eq!(
                bytes,
                [
                    "credentials.sealed",
                    "keys.verifier",
                    "passkeys.public_key",
                    "passwords.verifier",
                    "service_secrets.sealed",
                    "sessions.sealed",
                    "totps.sealed",
                    "vault.sealed_root"
                ]
            );
            assert!(columns.iter().all(|line| !line.contains("secret ")), "{columns:#?}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
        both_at(async |url| {
            let store = Store::open(&url).await.unwrap();
            tamper(
                &store,
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            )
            .await;
            store.close().await;
            let refused = Store::open(&url).await;
            assert!(
                matches!(refused, Err(Error::Newer { found: 9999, known }) if known < 9999),
                "{refused:?}"
            );
        })
        .await;
    }

    #[tokio::test]
    async fn a_foreign_database_is_refused() {
        both_at(async |url| {
            let store = Store::open(&url).await.unwrap();
            tamper(&store, "DROP TABLE _sqlx_migrations").await;
            store.close().await;
            let refused = Store::open(&url).await.unwrap_err().to_string();
            assert!(refused.contains("database of its own"), "{refused}");
        })
        .await;
    }

    #[tokio::test]
    async fn many_may_open_a_new_database_at_once() {
        both_at(async |url| {
            let opening: Vec<_> = (0..6)
                .map(|_| {
                    let url = url.clone();
                    tokio::spawn(async move { Store::open(&url).await.map(drop) })
                })
                .collect();
            for opened in opening {
                opened.await.unwrap().unwrap();
            }
        })
        .await;
    }
}
