//! Turns: write transactions that run one after another on either database.

use std::fmt::Display;

use sqlx::{Postgres, Sqlite, Transaction};

use crate::backend::Backend;
use crate::{Error, Store, What};

/// A transaction that nobody else's can interleave with; dropped without [`commit`](Turn::commit), nothing happened.
///
/// Its first statement writes to the one row of `writer`. That lock makes what the turn reads stay true until it
/// commits, in SQLite and in Postgres, whatever their isolation levels: so a kill cannot miss the key that a rotation
/// is just adding. Changes are an operator's, and few; the data plane never takes a turn.
pub(crate) struct Turn(pub(crate) Backend<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>);

impl Store {
    /// Waits for the turn to write.
    pub(crate) async fn turn(&self) -> Result<Turn, Error> {
        let mut transaction = match &self.pool {
            Backend::Sqlite(db) => Backend::Sqlite(db.begin().await?),
            Backend::Postgres(db) => Backend::Postgres(db.begin().await?),
        };
        const TAKE: &str = "UPDATE writer SET turn = turn + 1";
        on!(&mut transaction, |tx| sqlx::query(TAKE).execute(&mut **tx).await.map(drop))?;
        Ok(Turn(transaction))
    }
}

impl Turn {
    /// Makes everything that the turn did durable.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(on!(self.0, |tx| tx.commit().await)?)
    }

    /// The first column of the first row that a statement with one argument finds.
    pub(crate) async fn text(&mut self, sql: &'static str, argument: &str) -> Result<Option<String>, Error> {
        Ok(on!(&mut self.0, |tx| sqlx::query_scalar(sql).bind(argument).fetch_optional(&mut **tx).await)?)
    }

    /// Runs a statement with one argument, and says how many rows it changed.
    pub(crate) async fn change(&mut self, sql: &'static str, argument: &str) -> Result<u64, Error> {
        let done = on!(&mut self.0, |tx| {
            sqlx::query(sql).bind(argument).execute(&mut **tx).await.map(|done| done.rows_affected())
        });
        Ok(done?)
    }

    /// The id of a record that must exist, as its column holds it.
    pub(crate) async fn require(&mut self, what: What, id: &impl Display) -> Result<String, Error> {
        let id = id.to_string();
        let sql = match what {
            What::Venue => "SELECT id FROM venues WHERE id = $1",
            What::Credential => "SELECT id FROM credentials WHERE id = $1",
            What::Project => "SELECT id FROM projects WHERE id = $1",
            _ => "SELECT id FROM keys WHERE id = $1",
        };
        self.text(sql, &id).await?.ok_or_else(|| Error::not_found(what, &id))
    }
}
