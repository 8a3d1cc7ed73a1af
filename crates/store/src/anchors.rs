//! The table of anchors: checkpoints of the audit log, kept beside it so that cutting its end off is noticed.

use jiff::Timestamp;

use crate::column::{self, Bad, count, micros};
use crate::row::Row;
use crate::{Error, PAGE_MAX, Store, What};

/// A checkpoint of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// How many entries it covers.
    pub size: u64,
    /// When it was made.
    pub at: Timestamp,
    /// The signed note (C2SP tlog-checkpoint).
    pub checkpoint: String,
}

#[derive(sqlx::FromRow)]
struct AnchorRow {
    size: i64,
    anchored_at: i64,
    checkpoint: String,
}

impl Row for AnchorRow {
    type Record = Anchor;
    const TABLE: &'static str = "anchors";

    fn label(&self) -> String {
        self.size.to_string()
    }

    fn parse(self) -> Result<Anchor, Bad> {
        let at = column::time(self.anchored_at)?;
        Ok(Anchor { size: self.size.try_into()?, at, checkpoint: self.checkpoint })
    }
}

impl Store {
    /// Keeps a checkpoint. The same one again changes nothing.
    ///
    /// # Errors
    /// [`Error::Conflict`] when another checkpoint of the same size is kept: the log then has two histories.
    pub async fn add_anchor(&self, anchor: &Anchor) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO anchors (size, anchored_at, checkpoint) VALUES ($1, $2, $3) \
            ON CONFLICT (size) DO UPDATE SET size = anchors.size \
            WHERE anchors.checkpoint = excluded.checkpoint";
        let kept = on!(&self.pool, |db| {
            let add =
                sqlx::query(SQL).bind(count(anchor.size)).bind(micros(anchor.at)).bind(&anchor.checkpoint);
            add.execute(db).await.map(|done| done.rows_affected())
        })?;
        if kept == 1 { Ok(()) } else { Err(Error::conflict(What::Anchor, &anchor.size)) }
    }

    /// At most `limit` (up to [`PAGE_MAX`]) checkpoints, the largest first; with `below`, only those of a smaller size.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn anchors(&self, below: Option<u64>, limit: u32) -> Result<Vec<Anchor>, Error> {
        const SQL: &str = "SELECT size, anchored_at, checkpoint FROM anchors WHERE size < $1 \
            ORDER BY size DESC LIMIT $2";
        let (below, limit) = (below.map_or(i64::MAX, count), i64::from(limit.min(PAGE_MAX)));
        let rows = on!(&self.pool, |db| {
            sqlx::query_as::<_, AnchorRow>(SQL).bind(below).bind(limit).fetch_all(db).await
        })?;
        rows.into_iter().map(AnchorRow::read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{at, both};

    fn anchor(size: u64, checkpoint: &str) -> Anchor {
        Anchor { size, at: at(1), checkpoint: checkpoint.to_owned() }
    }

    #[tokio::test]
    async fn the_largest_checkpoints_come_first() {
        both(async |store| {
            for size in [1, 300, 20] {
                store.add_anchor(&anchor(size, "note")).await.unwrap();
            }
            let sizes = async |below, limit| {
                let anchors = store.anchors(below, limit).await.unwrap();
                anchors.into_iter().map(|anchor| anchor.size).collect::<Vec<_>>()
            };
            assert_eq!(sizes(None, 2).await, [300, 20]);
            assert_eq!(sizes(Some(20), 9).await, [1]);
            assert_eq!(store.anchors(Some(2), 1).await.unwrap(), [anchor(1, "note")]);
        })
        .await;
    }

    #[tokio::test]
    async fn two_histories_of_one_size_are_not_both_kept() {
        both(async |store| {
            store.add_anchor(&anchor(7, "note")).await.unwrap();
            store.add_anchor(&Anchor { at: at(2), ..anchor(7, "note") }).await.unwrap();
            assert!(matches!(store.add_anchor(&anchor(7, "forked")).await, Err(Error::Conflict { .. })));
            assert_eq!(store.anchors(None, 9).await.unwrap(), [anchor(7, "note")]);
        })
        .await;
    }
}
