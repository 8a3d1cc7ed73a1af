//! The table of hand-over links: the secret of a new key, sealed, until somebody opens its link.

use jiff::Timestamp;
use keyward_policy::{KeyId, Sealed};

use crate::column::{self, Bad, micros};
use crate::row::Row;
use crate::{Error, Store, What};

/// A hand-over link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// A digest of what the link holds.
    pub digest: String,
    /// Whose secret it is.
    pub key: KeyId,
    /// The secret; none once the link was opened, or came too late.
    pub sealed: Option<Sealed>,
    /// Who made it.
    pub made_by: String,
    /// Until when it opens.
    pub expires_at: Timestamp,
    /// When it was opened.
    pub opened: Option<Opening>,
    /// When somebody tried it again after that, last.
    pub tried: Option<Opening>,
}

/// When somebody opened a link, and from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// When.
    pub at: Timestamp,
    /// From which address.
    pub from: String,
}

#[derive(sqlx::FromRow)]
struct HandOverRow {
    digest: String,
    key: String,
    sealed: Option<Vec<u8>>,
    made_by: String,
    expires_at: i64,
    opened_at: Option<i64>,
    opened_from: Option<String>,
    tried_at: Option<i64>,
    tried_from: Option<String>,
}

impl Row for HandOverRow {
    type Record = HandOver;
    const TABLE: &'static str = "hand_overs";

    fn label(&self) -> String {
        self.key.clone()
    }

    fn parse(self) -> Result<HandOver, Bad> {
        Ok(HandOver {
            key: self.key.parse()?,
            sealed: self.sealed.map(Sealed::from_bytes),
            expires_at: column::time(self.expires_at)?,
            opened: opening(self.opened_at, self.opened_from)?,
            tried: opening(self.tried_at, self.tried_from)?,
            digest: self.digest,
            made_by: self.made_by,
        })
    }
}

fn opening(at: Option<i64>, from: Option<String>) -> Result<Option<Opening>, Bad> {
    at.map(|at| Ok(Opening { at: column::time(at)?, from: from.unwrap_or_default() })).transpose()
}

impl Store {
    /// Keeps a link. The secrets of links that came too late are gone with it.
    ///
    /// # Errors
    /// [`Error::Taken`] when the key has one.
    pub async fn add_hand_over(&self, link: &HandOver, now: Timestamp) -> Result<(), Error> {
        const LATE: &str = "UPDATE hand_overs SET sealed = NULL WHERE expires_at <= $1";
        const SQL: &str =
            "INSERT INTO hand_overs (digest, key, sealed, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)";
        let (mut turn, now) = (self.turn().await?, micros(now));
        on!(&mut turn.0, |tx| sqlx::query(LATE).bind(now).execute(&mut **tx).await.map(drop))?;
        let added = on!(&mut turn.0, |tx| {
            let add = sqlx::query(SQL).bind(&link.digest).bind(link.key.to_string());
            let add = add.bind(link.sealed.as_ref().map(Sealed::as_bytes)).bind(&link.made_by);
            add.bind(micros(link.expires_at)).execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::HandOver, &link.key.to_string()))?;
        turn.commit().await
    }

    /// The link with this digest, good or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hand_over(&self, digest: &str) -> Result<Option<HandOver>, Error> {
        const SQL: &str = "SELECT digest, key, sealed, made_by, expires_at, opened_at, opened_from, tried_at, tried_from \
            FROM hand_overs WHERE digest = $1";
        self.find::<HandOverRow>(SQL, digest).await
    }

    /// The link that hands this key's secret over, good or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn hand_over_of(&self, key: KeyId) -> Result<Option<HandOver>, Error> {
        const SQL: &str = "SELECT digest, key, sealed, made_by, expires_at, opened_at, opened_from, tried_at, tried_from \
            FROM hand_overs WHERE key = $1";
        self.find::<HandOverRow>(SQL, &key.to_string()).await
    }

    /// Opens a link: whether nobody had, and it was in time. The sealed secret is gone with it. Of many who open it at
    /// once, one does.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn open_hand_over(&self, digest: &str, opening: &Opening) -> Result<bool, Error> {
        const SQL: &str = "UPDATE hand_overs SET sealed = NULL, opened_at = $2, opened_from = $3 \
            WHERE digest = $1 AND opened_at IS NULL AND sealed IS NOT NULL AND expires_at > $2";
        self.note_opening(SQL, digest, opening).await
    }

    /// Notes that somebody tried a link that was opened before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn try_hand_over(&self, digest: &str, opening: &Opening) -> Result<bool, Error> {
        const SQL: &str = "UPDATE hand_overs SET tried_at = $2, tried_from = $3 \
            WHERE digest = $1 AND opened_at IS NOT NULL";
        self.note_opening(SQL, digest, opening).await
    }

    /// Lets a key's link open no more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn close_hand_over(&self, key: KeyId) -> Result<(), Error> {
        const SQL: &str = "UPDATE hand_overs SET sealed = NULL WHERE key = $1";
        let key = key.to_string();
        Ok(on!(&self.pool, |db| sqlx::query(SQL).bind(&key).execute(db).await.map(drop))?)
    }

    async fn note_opening(&self, sql: &'static str, digest: &str, opening: &Opening) -> Result<bool, Error> {
        let at = micros(opening.at);
        let noted = on!(&self.pool, |db| {
            let noted = sqlx::query(sql).bind(digest).bind(at).bind(&opening.from).execute(db).await;
            noted.map(|done| done.rows_affected())
        })?;
        Ok(noted == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::both;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn from(second: i64, address: &str) -> Opening {
        Opening { at: at(second), from: address.to_owned() }
    }

    fn link(id: u8) -> HandOver {
        HandOver {
            digest: format!("digest{id}"),
            key: KeyId::from_entropy([id; 16]),
            sealed: Some(Sealed::from_bytes(vec![id; 40])),
            made_by: "ada".to_owned(),
            expires_at: at(100),
            opened: None,
            tried: None,
        }
    }

    #[tokio::test]
    async fn a_link_opens_once_and_keeps_no_secret_after_that() {
        both(async |store| {
            let link = link(1);
            store.add_hand_over(&link, at(1)).await.unwrap();
            assert!(matches!(store.add_hand_over(&link, at(1)).await, Err(Error::Taken { .. })));
            assert_eq!(store.hand_over("digest1").await.unwrap(), Some(link.clone()));
            assert!(!store.try_hand_over("digest1", &from(2, "a")).await.unwrap(), "nobody has opened it");
            let (one, two) = (from(3, "192.0.2.1"), from(4, "192.0.2.2"));
            let (first, second) =
                tokio::join!(store.open_hand_over("digest1", &one), store.open_hand_over("digest1", &two));
            assert_ne!(first.unwrap(), second.unwrap());
            assert!(store.try_hand_over("digest1", &two).await.unwrap());
            let found = store.hand_over_of(link.key).await.unwrap().unwrap();
            assert_eq!((found.sealed, found.tried), (None, Some(two)));
            assert!(found.opened.is_some());
        })
        .await;
    }

    #[tokio::test]
    async fn a_link_that_was_closed_opens_no_more() {
        both(async |store| {
            store.add_hand_over(&link(1), at(1)).await.unwrap();
            store.close_hand_over(link(1).key).await.unwrap();
            assert!(!store.open_hand_over("digest1", &from(2, "a")).await.unwrap());
        })
        .await;
    }

    #[tokio::test]
    async fn a_link_that_came_too_late_does_not_open_and_loses_its_secret_with_the_next() {
        both(async |store| {
            store.add_hand_over(&link(1), at(1)).await.unwrap();
            assert!(!store.open_hand_over("digest1", &from(100, "a")).await.unwrap());
            store.add_hand_over(&link(2), at(100)).await.unwrap();
            assert_eq!(store.hand_over("digest1").await.unwrap().unwrap().sealed, None);
        })
        .await;
    }
}
