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
use sqlx::{ConnectOptions, PgPool, SqlitePool};

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
const ACQUIRE: Duration = Duration::from_secs(10);
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
        on!(&self.pool, |db| sqlx::query("SELECT 1").execute(db).await.map(drop))?;
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
    let pool =
        PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).acquire_timeout(ACQUIRE).after_connect(
            |connection, _| Box::pin(async move { sqlx::query(SESSION).execute(connection).await.map(drop) }),
        );
    Ok(pool.connect_with(options).await?)
}
