//! Opening a database so that what it acknowledges survives, and no one else reads it.

use std::fmt;
use std::fs::{self, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, PgPool, SqlitePool};
use tokio::time::timeout;

use crate::Error;
use crate::backend::{Backend, Pool};
use crate::migrate::migrate;
use crate::place::Place;

/// Writers take turns anyway; more connections only let readers go beside them.
const SQLITE_CONNECTIONS: u32 = 4;
/// A server is shared with others; an operator's changes and the loading of keys need few.
const POSTGRES_CONNECTIONS: u32 = 8;
/// How long a statement waits for another process that writes.
const BUSY: Duration = Duration::from_secs(5);
/// How long a call waits for a connection, a new one included.
const ACQUIRE: Duration = Duration::from_secs(5);
/// Read and written by the owner only.
const PRIVATE: u32 = 0o600;

/// The limits of every Postgres session. `synchronous_commit = off` would lose acknowledged revocations in a crash;
/// whatever else the server is set to is at least as strong as `local`, and stays.
const SESSION: &str = "SELECT set_config('statement_timeout', '30s', false), \
    set_config('lock_timeout', '10s', false), \
    set_config('idle_in_transaction_session_timeout', '30s', false), \
    set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' \
        ELSE current_setting('synchronous_commit') END, false)";

/// The database. Cloning it shares its connections.
#[derive(Clone)]
pub struct Store {
    pub(crate) pool: Pool,
    place: Arc<str>,
}

impl Store {
    /// Opens `sqlite:PATH`, `postgres://…`, or a path; makes the file and the tables if they are not there.
    ///
    /// # Errors
    /// [`Error::Url`] when the text names no database, [`Error::Newer`] when a newer Keyward wrote it, [`Error::Open`]
    /// otherwise.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let place: Place = url.parse()?;
        let database = place.to_string();
        match Self::ready(place).await {
            Ok(pool) => Ok(Self { pool, place: database.into() }),
            Err(newer @ Error::Newer { .. }) => Err(newer),
            Err(why) => Err(Error::Open { database, why: Box::new(why) }),
        }
    }

    async fn ready(place: Place) -> Result<Pool, Error> {
        let pool = match place {
            Place::Sqlite(path) => Backend::Sqlite(sqlite(&path).await?),
            Place::Postgres(options) => Backend::Postgres(postgres(*options).await?),
        };
        migrate(&pool).await?;
        Ok(pool)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`Error::Unreachable`].
    pub async fn ping(&self) -> Result<(), Error> {
        on!(&self.pool, |db| sqlx::query("SELECT 1 FROM meta LIMIT 1").execute(db).await.map(drop))?;
        Ok(())
    }

    /// Waits for what is under way and closes the connections; SQLite then folds its WAL into its file.
    pub async fn close(&self) {
        on!(&self.pool, |db| db.close().await);
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.place)
    }
}

async fn sqlite(path: &Path) -> Result<SqlitePool, Error> {
    make_private(path).map_err(|why| Error::Unreachable(why.to_string()))?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        // NORMAL lost acknowledged rows when the power failed (design.md §8).
        .synchronous(SqliteSynchronous::Full)
        // What is removed is overwritten: a sealed secret does not outlive its row in a free page.
        .pragma("secure_delete", "ON")
        .pragma("trusted_schema", "OFF")
        // A server that is shut in has no directory for temporary files, and rows belong into none.
        .pragma("temp_store", "MEMORY")
        .busy_timeout(BUSY)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new().max_connections(SQLITE_CONNECTIONS).acquire_timeout(ACQUIRE);
    Ok(pool.connect_with(options).await?)
}

/// Makes the file unreadable for others before there is anything in it. SQLite gives its WAL the same mode.
///
/// A file that exists is not opened here: closing it would drop the locks that SQLite holds on it in this process.
fn make_private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => narrow(path),
        made => made.map(drop),
    }
}

fn narrow(path: &Path) -> io::Result<()> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { fs::set_permissions(path, Permissions::from_mode(PRIVATE)) }
}

async fn postgres(options: PgConnectOptions) -> Result<PgPool, Error> {
    let options = options.application_name("keyward").disable_statement_logging();
    // The pool would try until its time is over and then not say why; a first connection of its own does.
    let first = timeout(ACQUIRE, options.connect()).await;
    first.map_err(|_| Error::Unreachable("the server did not answer in time".to_owned()))??.close().await?;
    let pool =
        PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE).after_connect(
            |connection, _| Box::pin(async move { sqlx::query(SESSION).execute(connection).await.map(drop) }),
        );
    Ok(pool.connect_lazy_with(options))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{both, both_at};

    async fn setting(store: &Store, sql: &'static str) -> String {
        let value = match &store.pool {
            Backend::Sqlite(db) => {
                sqlx::query_scalar::<_, i64>(sql).fetch_one(db).await.map(|n| n.to_string())
            }
            Backend::Postgres(db) => sqlx::query_scalar(sql).fetch_one(db).await,
        };
        value.unwrap()
    }

    #[tokio::test]
    async fn what_is_acknowledged_survives_a_crash() {
        both(async |store| {
            let Backend::Sqlite(db) = &store.pool else {
                assert_ne!(setting(&store, "SHOW synchronous_commit").await, "off");
                return;
            };
            let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(db).await.unwrap();
            assert_eq!(journal, "wal");
            assert_eq!(setting(&store, "PRAGMA synchronous").await, "2", "FULL");
            assert_eq!(setting(&store, "PRAGMA foreign_keys").await, "1");
            assert_eq!(setting(&store, "PRAGMA secure_delete").await, "1");
            assert_eq!(setting(&store, "PRAGMA busy_timeout").await, "5000");
        })
        .await;
    }

    #[tokio::test]
    async fn a_server_that_would_lose_acknowledged_rows_is_overruled() {
        both_at(async |url| {
            if url.starts_with("postgres") {
                let store = Store::open(&format!("{url}&options[synchronous_commit]=off")).await.unwrap();
                assert_eq!(setting(&store, "SHOW synchronous_commit").await, "on");
                assert_eq!(setting(&store, "SHOW lock_timeout").await, "10s");
                store.close().await;
            }
        })
        .await;
    }

    #[tokio::test]
    async fn the_file_and_its_wal_are_the_owners_alone() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keyward.db");
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        for path in [path, directory.path().join("new.db")] {
            Store::open(&path.display().to_string()).await.unwrap().put_meta("a", "b").await.unwrap();
        }
        let modes = fs::read_dir(&directory).unwrap().map(|file| {
            let file = file.unwrap();
            (file.file_name(), file.metadata().unwrap().permissions().mode() & 0o777)
        });
        let modes: Vec<_> = modes.collect();
        assert!(modes.len() >= 4, "{modes:?}");
        assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
    }

    #[tokio::test]
    async fn a_database_that_cannot_be_opened_says_where_and_why() {
        let directory = tempfile::tempdir().unwrap();
        let inside_nothing = directory.path().join("none/keyward.db");
        let text = directory.path().join("text");
        fs::write(&text, "this is no database, but a text that is long enough to be read as one".repeat(99))
            .unwrap();
        for path in [inside_nothing, text] {
            let refused = Store::open(&path.display().to_string()).await.unwrap_err();
            assert!(refused.to_string().contains(&path.display().to_string()), "{refused}");
        }
    }

    #[tokio::test]
    async fn no_password_is_shown() {
        let refused = Store::open("postgres://kw:hunter2@127.0.0.1:1/keyward").await.unwrap_err();
        let shown = format!("{refused} {refused:?}");
        assert!(
            shown.contains("127.0.0.1:1/keyward: the database does not answer") && shown.contains("refused"),
            "{shown}"
        );
        assert!(!shown.contains("hunter2"), "{shown}");
        both_at(async |url| {
            // A server that asks for no password takes any.
            let login = url.split('@').next().unwrap_or_default();
            let password = login.splitn(3, ':').nth(2).unwrap_or("hunter2");
            let with_password =
                url.replacen('@', &format!(":{password}@"), usize::from(!login.contains(password)));
            let shown = format!("{:?}", Store::open(&with_password).await);
            assert!(shown.starts_with("Ok(Store(") && !shown.contains(password), "{shown}");
        })
        .await;
    }

    #[tokio::test]
    async fn a_database_that_is_gone_is_unreachable() {
        both(async |store| {
            store.ping().await.unwrap();
            store.close().await;
            assert!(matches!(store.ping().await, Err(Error::Unreachable(_))));
        })
        .await;
    }
}
