//! Rows: what a statement returns, before it is believed.

use sqlx::FromRow;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;

use crate::column::Bad;
use crate::page::{List, Page};
use crate::{Error, Store};

/// A row of one table, in the columns' own types.
pub(crate) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
    /// What it stands for.
    type Record;
    /// The table, as an error names it.
    const TABLE: &'static str;

    /// What names the row, for an error.
    fn label(&self) -> String;

    /// The record, unless a column does not hold what it should.
    fn parse(self) -> Result<Self::Record, Bad>;

    /// The record, or an error that names the row.
    fn read(self) -> Result<Self::Record, Error> {
        let id = self.label();
        self.parse().map_err(|why| Error::Corrupt { table: Self::TABLE, id, why: why.to_string() })
    }
}

impl Store {
    /// The record that a statement with one argument finds.
    pub(crate) async fn find<R: Row>(
        &self,
        sql: &'static str,
        argument: &str,
    ) -> Result<Option<R::Record>, Error> {
        let row = on!(&self.pool, |db| sqlx::query_as::<_, R>(sql).bind(argument).fetch_optional(db).await)?;
        row.map(R::read).transpose()
    }

    /// A page of records in the order of their names: the statement takes the name to start after, and a limit.
    pub(crate) async fn by_name<R: Row>(
        &self,
        sql: &'static str,
        page: &Page,
        name: impl Fn(&R::Record) -> String,
    ) -> Result<List<R::Record>, Error> {
        let after = page.after.as_deref().unwrap_or_default();
        let rows = on!(&self.pool, |db| {
            sqlx::query_as::<_, R>(sql).bind(after).bind(page.fetch()).fetch_all(db).await
        })?;
        let records = rows.into_iter().map(R::read).collect::<Result<_, _>>()?;
        Ok(List::cut(records, page, name))
    }
}
