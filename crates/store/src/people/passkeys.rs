//! The table of passkeys.

use jiff::Timestamp;
use keyward_policy::OperatorId;

use super::sign_in::put_codes;
use crate::column::{self, Bad, micros};
use crate::row::Row;
use crate::{Error, Store, What};

/// A passkey of an operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passkey {
    /// What its authenticator calls it, in base64url.
    pub id: String,
    /// Whose it is.
    pub operator: OperatorId,
    /// What he calls it.
    pub name: String,
    /// How it signs, as COSE numbers algorithms.
    pub algorithm: i64,
    /// What checks its signatures: a `SubjectPublicKeyInfo`.
    pub public_key: Vec<u8>,
    /// How many signatures the authenticator says that it has made; 0 where it does not count.
    pub count: i64,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct PasskeyRow {
    id: String,
    operator: String,
    name: String,
    algorithm: i64,
    public_key: Vec<u8>,
    count: i64,
    created_at: i64,
    used_at: Option<i64>,
}

impl Row for PasskeyRow {
    type Record = Passkey;
    const TABLE: &'static str = "passkeys";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Passkey, Bad> {
        Ok(Passkey {
            operator: self.operator.parse()?,
            created_at: column::time(self.created_at)?,
            used_at: self.used_at.map(column::time).transpose()?,
            id: self.id,
            name: self.name,
            algorithm: self.algorithm,
            public_key: self.public_key,
            count: self.count,
        })
    }
}

impl Store {
    /// Adds a passkey; with the recovery codes that come with the first second factor of an operator.
    ///
    /// # Errors
    /// [`Error::Taken`] when there is such a one.
    pub async fn add_passkey(&self, passkey: &Passkey, codes: Option<&[String]>) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO passkeys (id, operator, name, algorithm, public_key, count, created_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let (mut turn, operator) = (self.turn().await?, passkey.operator.to_string());
        let added = on!(&mut turn.0, |tx| {
            let add = sqlx::query(SQL).bind(&passkey.id).bind(&operator).bind(&passkey.name);
            let add = add.bind(passkey.algorithm).bind(&passkey.public_key).bind(passkey.count);
            add.bind(micros(passkey.created_at)).execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Passkey, &passkey.name))?;
        if let Some(codes) = codes {
            put_codes(&mut turn, &operator, codes).await?;
        }
        turn.commit().await
    }

    /// The passkey that its authenticator calls so.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn passkey(&self, id: &str) -> Result<Option<Passkey>, Error> {
        const SQL: &str = "SELECT id, operator, name, algorithm, public_key, count, created_at, used_at \
            FROM passkeys WHERE id = $1";
        self.find::<PasskeyRow>(SQL, id).await
    }

    /// An operator's passkeys, the oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn passkeys(&self, operator: OperatorId) -> Result<Vec<Passkey>, Error> {
        const SQL: &str = "SELECT id, operator, name, algorithm, public_key, count, created_at, used_at \
            FROM passkeys WHERE operator = $1 ORDER BY created_at, id";
        let id = operator.to_string();
        let rows = on!(&self.pool, |db| sqlx::query_as::<_, PasskeyRow>(SQL).bind(&id).fetch_all(db).await)?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Notes that a passkey was used: whether its count is higher than ever before, or has always been 0.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn use_passkey(&self, id: &str, count: i64, now: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "UPDATE passkeys SET count = $2, used_at = $3 \
            WHERE id = $1 AND (count < $2 OR (count = 0 AND $2 = 0))";
        let used = on!(&self.pool, |db| {
            let used = sqlx::query(SQL).bind(id).bind(count).bind(micros(now)).execute(db).await;
            used.map(|done| done.rows_affected())
        })?;
        Ok(used == 1)
    }

    /// Removes a passkey of an operator: whether there was such a one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove_passkey(&self, operator: OperatorId, id: &str) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM passkeys WHERE operator = $1 AND id = $2";
        let operator = operator.to_string();
        let removed = on!(&self.pool, |db| {
            sqlx::query(SQL).bind(&operator).bind(id).execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok(removed == 1)
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use super::*;
    use crate::story::{both, invite, operator};

    #[tokio::test]
    async fn a_passkey_is_added_used_and_removed_and_its_count_only_rises() {
        both(async |store| {
            let ada = operator("ada", Role::Owner);
            invite(&store, "ada").await;
            store.add_operator(&ada, b"verifier", "ada").await.unwrap();
            let passkey = Passkey {
                id: "cGFzc2tleQ".to_owned(),
                operator: ada.id,
                name: "laptop".to_owned(),
                algorithm: -7,
                public_key: vec![1; 91],
                count: 0,
                created_at: ada.created_at,
                used_at: None,
            };
            store.add_passkey(&passkey, Some(&["code".to_owned()])).await.unwrap();
            assert_eq!(store.passkeys(ada.id).await.unwrap(), std::slice::from_ref(&passkey));
            assert!(matches!(store.add_passkey(&passkey, None).await, Err(Error::Taken { .. })));
            let counts = [(0, true), (0, true), (5, true), (5, false), (4, false), (0, false), (6, true)];
            for (count, is_good) in counts {
                assert_eq!(
                    store.use_passkey(&passkey.id, count, ada.created_at).await.unwrap(),
                    is_good,
                    "{count}"
                );
            }
            assert_eq!(store.passkey(&passkey.id).await.unwrap().unwrap().count, 6);
            assert!(store.use_recovery_code(ada.id, "code").await.unwrap());
            assert!(store.remove_passkey(ada.id, &passkey.id).await.unwrap());
            assert!(!store.remove_passkey(ada.id, &passkey.id).await.unwrap());
        })
        .await;
    }
}
