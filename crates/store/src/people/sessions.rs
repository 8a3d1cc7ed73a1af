//! The table of sessions.

use jiff::Timestamp;
use keyward_policy::{OperatorId, Sealed};

use crate::column::{self, Bad, micros};
use crate::row::Row;
use crate::{Error, Store};

/// The most sessions that one operator is shown.
const LISTED_MAX: i64 = 100;

/// A session of an operator.
#[derive(Clone, Debug)]
pub struct Session {
    /// A digest of what the browser holds.
    pub digest: String,
    /// Whose it is.
    pub operator: OperatorId,
    /// From where it was begun.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When the second factor was last shown.
    pub fresh_at: Option<Timestamp>,
    /// The secret of the operator's device, sealed under what the browser holds; empty where there is none.
    pub sealed: Sealed,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    digest: String,
    operator: String,
    address: String,
    agent: String,
    created_at: i64,
    seen_at: i64,
    fresh_at: Option<i64>,
    sealed: Vec<u8>,
}

impl Row for SessionRow {
    type Record = Session;
    const TABLE: &'static str = "sessions";

    fn label(&self) -> String {
        self.digest.chars().take(8).collect()
    }

    fn parse(self) -> Result<Session, Bad> {
        Ok(Session {
            operator: self.operator.parse()?,
            created_at: column::time(self.created_at)?,
            seen_at: column::time(self.seen_at)?,
            fresh_at: self.fresh_at.map(column::time).transpose()?,
            sealed: Sealed::from_bytes(self.sealed),
            digest: self.digest,
            address: self.address,
            agent: self.agent,
        })
    }
}

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn add_session(&self, session: &Session) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO sessions (digest, operator, address, agent, created_at, seen_at, \
            fresh_at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        on!(&self.pool, |db| {
            let add = sqlx::query(SQL).bind(&session.digest).bind(session.operator.to_string());
            let add = add.bind(&session.address).bind(&session.agent).bind(micros(session.created_at));
            let add = add.bind(micros(session.seen_at)).bind(session.fresh_at.map(micros));
            add.bind(session.sealed.as_bytes()).execute(db).await.map(drop)
        })?;
        Ok(())
    }

    /// The session with this digest.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn session(&self, digest: &str) -> Result<Option<Session>, Error> {
        const SQL: &str = "SELECT digest, operator, address, agent, created_at, seen_at, fresh_at, sealed \
            FROM sessions WHERE digest = $1";
        self.find::<SessionRow>(SQL, digest).await
    }

    /// An operator's sessions, the latest used first, a hundred at most.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sessions(&self, operator: OperatorId) -> Result<Vec<Session>, Error> {
        const SQL: &str = "SELECT digest, operator, address, agent, created_at, seen_at, fresh_at, sealed \
            FROM sessions WHERE operator = $1 ORDER BY seen_at DESC, digest LIMIT $2";
        let id = operator.to_string();
        let rows = on!(&self.pool, |db| {
            sqlx::query_as::<_, SessionRow>(SQL).bind(&id).bind(LISTED_MAX).fetch_all(db).await
        })?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Notes that a session is used.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn see_session(&self, digest: &str, now: Timestamp) -> Result<(), Error> {
        self.stamp("UPDATE sessions SET seen_at = $2 WHERE digest = $1", digest, now).await
    }

    /// Notes that the second factor was shown in a session.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn freshen_session(&self, digest: &str, now: Timestamp) -> Result<(), Error> {
        self.stamp("UPDATE sessions SET fresh_at = $2 WHERE digest = $1", digest, now).await
    }

    async fn stamp(&self, sql: &'static str, digest: &str, now: Timestamp) -> Result<(), Error> {
        on!(&self.pool, |db| sqlx::query(sql).bind(digest).bind(micros(now)).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Ends one session of an operator: whether there was such a one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_session(&self, operator: OperatorId, digest: &str) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM sessions WHERE operator = $1 AND digest = $2";
        let id = operator.to_string();
        let ended = on!(&self.pool, |db| {
            sqlx::query(SQL).bind(&id).bind(digest).execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok(ended == 1)
    }

    /// Ends all sessions of an operator but one, and says how many that were.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn end_other_sessions(&self, operator: OperatorId, but: &str) -> Result<u64, Error> {
        const SQL: &str = "DELETE FROM sessions WHERE operator = $1 AND digest <> $2";
        let id = operator.to_string();
        let ended = on!(&self.pool, |db| {
            sqlx::query(SQL).bind(&id).bind(but).execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok(ended)
    }

    /// Forgets the sessions that are over: last used, or begun, before these times.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn forget_sessions(&self, seen: Timestamp, begun: Timestamp) -> Result<(), Error> {
        const SQL: &str = "DELETE FROM sessions WHERE seen_at < $1 OR created_at < $2";
        on!(&self.pool, |db| {
            sqlx::query(SQL).bind(micros(seen)).bind(micros(begun)).execute(db).await.map(drop)
        })?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use keyward_policy::Role;

    use crate::story::{both, invite, operator, session};

    #[tokio::test]
    async fn a_session_is_begun_used_and_ended() {
        both(async |store| {
            let ada = operator("ada", Role::Owner);
            invite(&store, "ada").await;
            store.add_operator(&ada, b"verifier", "ada").await.unwrap();
            for digest in ["one", "two", "three"] {
                store.add_session(&session(digest, ada.id)).await.unwrap();
            }
            let later = ada.created_at + SignedDuration::from_secs(60);
            store.see_session("two", later).await.unwrap();
            store.freshen_session("two", later).await.unwrap();
            let two = store.session("two").await.unwrap().unwrap();
            assert_eq!((two.seen_at, two.fresh_at), (later, Some(later)));
            assert_eq!(store.sessions(ada.id).await.unwrap()[0].digest, "two");
            assert!(store.end_session(ada.id, "one").await.unwrap());
            assert!(!store.end_session(ada.id, "one").await.unwrap());
            assert_eq!(store.end_other_sessions(ada.id, "two").await.unwrap(), 1);
            store.forget_sessions(later, ada.created_at).await.unwrap();
            assert!(store.session("two").await.unwrap().is_some());
            store.forget_sessions(later + SignedDuration::from_secs(1), ada.created_at).await.unwrap();
            assert!(store.session("two").await.unwrap().is_none());
        })
        .await;
    }
}
