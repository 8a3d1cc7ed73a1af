//! The table of consents: changes that one operator asked for and another has to agree to.

use jiff::Timestamp;
use keyward_policy::{ConsentId, ProjectId};

use crate::column::{self, Bad, micros};
use crate::row::Row;
use crate::{Error, Store, What};

/// A change that waits for a second operator, or for the one who asked for it once the second one has agreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// The project that asks for two.
    pub project: ProjectId,
    /// What shall be done, as JSON; it holds no secret.
    pub asked: String,
    /// The same in sentences, one in a line, as whoever agrees reads it.
    pub words: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Until when it may be agreed to, and carried out.
    pub expires_at: Timestamp,
    /// Who agreed; none while it waits.
    pub given_by: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ConsentRow {
    id: String,
    project: String,
    asked: String,
    words: String,
    asked_by: String,
    asked_at: i64,
    expires_at: i64,
    given_by: Option<String>,
}

impl Row for ConsentRow {
    type Record = Consent;
    const TABLE: &'static str = "consents";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Consent, Bad> {
        Ok(Consent {
            id: self.id.parse()?,
            project: self.project.parse()?,
            asked_at: column::time(self.asked_at)?,
            expires_at: column::time(self.expires_at)?,
            asked: self.asked,
            words: self.words,
            asked_by: self.asked_by,
            given_by: self.given_by,
        })
    }
}

impl Store {
    /// Keeps what somebody asks for; what came too late is gone with it.
    ///
    /// # Errors
    /// [`Error::Taken`] when there is one with this id.
    pub async fn ask_consent(&self, consent: &Consent) -> Result<(), Error> {
        const EXPIRED: &str = "DELETE FROM consents WHERE expires_at <= $1";
        const SQL: &str = "INSERT INTO consents (id, project, asked, words, asked_by, asked_at, expires_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let (mut turn, asked_at) = (self.turn().await?, micros(consent.asked_at));
        on!(&mut turn.0, |tx| sqlx::query(EXPIRED).bind(asked_at).execute(&mut **tx).await.map(drop))?;
        let added = on!(&mut turn.0, |tx| {
            let add = sqlx::query(SQL).bind(consent.id.to_string()).bind(consent.project.to_string());
            let add = add.bind(&consent.asked).bind(&consent.words).bind(&consent.asked_by);
            add.bind(asked_at).bind(micros(consent.expires_at)).execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Consent, &consent.id.to_string()))?;
        turn.commit().await
    }

    /// The change that waits under this id, too late or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn consent(&self, id: &str) -> Result<Option<Consent>, Error> {
        const SQL: &str = "SELECT id, project, asked, words, asked_by, asked_at, expires_at, given_by \
            FROM consents WHERE id = $1";
        self.find::<ConsentRow>(SQL, id).await
    }

    /// Everything that waits and is not too late, the oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn consents(&self, now: Timestamp) -> Result<Vec<Consent>, Error> {
        const SQL: &str = "SELECT id, project, asked, words, asked_by, asked_at, expires_at, given_by \
            FROM consents WHERE expires_at > $1 ORDER BY asked_at, id";
        let now = micros(now);
        let rows = on!(&self.pool, |db| sqlx::query_as::<_, ConsentRow>(SQL).bind(now).fetch_all(db).await)?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Notes who agreed: whether it was there, in time, and nobody had agreed before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn give_consent(&self, id: ConsentId, by: &str, now: Timestamp) -> Result<bool, Error> {
        const SQL: &str =
            "UPDATE consents SET given_by = $2 WHERE id = $1 AND given_by IS NULL AND expires_at > $3";
        let (id, now) = (id.to_string(), micros(now));
        let given = on!(&self.pool, |db| {
            let given = sqlx::query(SQL).bind(&id).bind(by).bind(now).execute(db).await;
            given.map(|done| done.rows_affected())
        })?;
        Ok(given == 1)
    }

    /// Takes it away: whether it was there. Of many who try at once, one does.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take_consent(&self, id: ConsentId) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM consents WHERE id = $1";
        let id = id.to_string();
        let taken = on!(&self.pool, |db| {
            sqlx::query(SQL).bind(&id).execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok(taken == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{both, project};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn asked(id: u8, expires: i64) -> Consent {
        Consent {
            id: ConsentId::from_entropy([id; 16]),
            project: project("bots").id,
            asked: "{}".to_owned(),
            words: "It may withdraw".to_owned(),
            asked_by: "ada".to_owned(),
            asked_at: at(i64::from(id)),
            expires_at: at(expires),
            given_by: None,
        }
    }

    #[tokio::test]
    async fn what_is_asked_for_is_agreed_to_once_and_taken_once() {
        both(async |store| {
            let consent = asked(1, 100);
            store.ask_consent(&consent).await.unwrap();
            assert_eq!(store.consents(at(99)).await.unwrap(), std::slice::from_ref(&consent));
            assert!(store.give_consent(consent.id, "grace", at(99)).await.unwrap());
            assert!(!store.give_consent(consent.id, "joan", at(99)).await.unwrap());
            let found = store.consent(&consent.id.to_string()).await.unwrap().unwrap();
            assert_eq!(found.given_by.as_deref(), Some("grace"));
            assert!(store.take_consent(consent.id).await.unwrap());
            assert!(!store.take_consent(consent.id).await.unwrap());
        })
        .await;
    }

    #[tokio::test]
    async fn what_came_too_late_is_neither_listed_nor_given_and_goes_with_the_next() {
        both(async |store| {
            let late = asked(1, 10);
            store.ask_consent(&late).await.unwrap();
            assert_eq!(store.consents(at(10)).await.unwrap(), []);
            assert!(!store.give_consent(late.id, "grace", at(10)).await.unwrap());
            store.ask_consent(&asked(11, 100)).await.unwrap();
            assert_eq!(store.consent(&late.id.to_string()).await.unwrap(), None);
        })
        .await;
    }
}
