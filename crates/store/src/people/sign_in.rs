//! How operators sign in: passwords, codes from a device, recovery codes.

use jiff::Timestamp;
use keyward_policy::{OperatorId, Sealed};

use crate::column::micros;
use crate::{Error, Store};

/// A device that makes codes.
#[derive(Debug)]
pub struct Totp {
    /// The secret that it shares, sealed under the operator's password.
    pub sealed: Sealed,
    /// The last step of time whose code was taken.
    pub last_step: i64,
}

impl Store {
    /// What checks an operator's password.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn password(&self, operator: OperatorId) -> Result<Option<Vec<u8>>, Error> {
        const SQL: &str = "SELECT verifier FROM passwords WHERE operator = $1";
        let id = operator.to_string();
        Ok(on!(&self.pool, |db| sqlx::query_scalar(SQL).bind(&id).fetch_optional(db).await)?)
    }

    /// Changes an operator's password, with the device's secret as it is sealed under the new one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_password(
        &self,
        operator: OperatorId,
        verifier: &[u8],
        totp: Option<&Sealed>,
        now: Timestamp,
    ) -> Result<(), Error> {
        const PASSWORD: &str = "UPDATE passwords SET verifier = $2, changed_at = $3 WHERE operator = $1";
        const TOTP: &str = "UPDATE totps SET sealed = $2 WHERE operator = $1";
        let (mut turn, id) = (self.turn().await?, operator.to_string());
        on!(&mut turn.0, |tx| {
            let set = sqlx::query(PASSWORD).bind(&id).bind(verifier).bind(micros(now));
            set.execute(&mut **tx).await.map(drop)
        })?;
        if let Some(sealed) = totp {
            on!(&mut turn.0, |tx| {
                sqlx::query(TOTP).bind(&id).bind(sealed.as_bytes()).execute(&mut **tx).await.map(drop)
            })?;
        }
        turn.commit().await
    }

    /// An operator's device.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn totp(&self, operator: OperatorId) -> Result<Option<Totp>, Error> {
        const SQL: &str = "SELECT sealed, last_step FROM totps WHERE operator = $1";
        let id = operator.to_string();
        let row: Option<(Vec<u8>, i64)> =
            on!(&self.pool, |db| sqlx::query_as(SQL).bind(&id).fetch_optional(db).await)?;
        Ok(row.map(|(sealed, last_step)| Totp { sealed: Sealed::from_bytes(sealed), last_step }))
    }

    /// Keeps an operator's device and his recovery codes, in place of those before.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_totp(&self, operator: OperatorId, totp: &Totp, codes: &[String]) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO totps (operator, sealed, last_step) VALUES ($1, $2, $3) \
            ON CONFLICT (operator) DO UPDATE SET sealed = excluded.sealed, last_step = excluded.last_step";
        let (mut turn, id) = (self.turn().await?, operator.to_string());
        on!(&mut turn.0, |tx| {
            let set = sqlx::query(SQL).bind(&id).bind(totp.sealed.as_bytes()).bind(totp.last_step);
            set.execute(&mut **tx).await.map(drop)
        })?;
        put_codes(&mut turn, &id, codes).await?;
        turn.commit().await
    }

    /// Takes the code of a step of time, once: whether this was the first use of it or of a later one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn take_step(&self, operator: OperatorId, step: i64) -> Result<bool, Error> {
        const SQL: &str = "UPDATE totps SET last_step = $2 WHERE operator = $1 AND last_step < $2";
        let id = operator.to_string();
        let taken = on!(&self.pool, |db| {
            sqlx::query(SQL).bind(&id).bind(step).execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok(taken == 1)
    }

    /// Replaces the recovery codes; only their digests are kept.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn set_recovery_codes(&self, operator: OperatorId, codes: &[String]) -> Result<(), Error> {
        let (mut turn, id) = (self.turn().await?, operator.to_string());
        put_codes(&mut turn, &id, codes).await?;
        turn.commit().await
    }

    /// Uses a recovery code up: whether there was such a one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn use_recovery_code(&self, operator: OperatorId, digest: &str) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM recovery_codes WHERE operator = $1 AND digest = $2";
        let id = operator.to_string();
        let used = on!(&self.pool, |db| {
            sqlx::query(SQL).bind(&id).bind(digest).execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok(used == 1)
    }
}

pub(super) async fn put_codes(
    turn: &mut crate::turn::Turn,
    operator: &str,
    codes: &[String],
) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO recovery_codes (operator, digest) VALUES ($1, $2)";
    turn.change("DELETE FROM recovery_codes WHERE operator = $1", operator).await?;
    for digest in codes {
        on!(&mut turn.0, |tx| {
            sqlx::query(SQL).bind(operator).bind(digest).execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use super::*;
    use crate::story::{both, invite, operator};

    fn sealed(byte: u8) -> Sealed {
        Sealed::from_bytes(vec![byte; 8])
    }

    #[tokio::test]
    async fn a_code_is_taken_once_and_none_before_it() {
        both(async |store| {
            let ada = operator("ada", Role::Owner);
            invite(&store, "ada").await;
            store.add_operator(&ada, b"verifier", "ada").await.unwrap();
            let totp = Totp { sealed: sealed(1), last_step: 10 };
            store.set_totp(ada.id, &totp, &["code1".to_owned(), "code2".to_owned()]).await.unwrap();
            assert!(!store.take_step(ada.id, 10).await.unwrap());
            assert!(store.take_step(ada.id, 11).await.unwrap());
            assert!(!store.take_step(ada.id, 11).await.unwrap());
            assert!(store.use_recovery_code(ada.id, "code1").await.unwrap());
            assert!(!store.use_recovery_code(ada.id, "code1").await.unwrap());
            store.set_recovery_codes(ada.id, &["code3".to_owned()]).await.unwrap();
            assert!(!store.use_recovery_code(ada.id, "code2").await.unwrap(), "the old ones are gone");
            store.set_password(ada.id, b"another", Some(&sealed(2)), ada.created_at).await.unwrap();
            assert_eq!(store.password(ada.id).await.unwrap().as_deref(), Some(&b"another"[..]));
            assert_eq!(store.totp(ada.id).await.unwrap().unwrap().sealed.as_bytes(), [2; 8]);
        })
        .await;
    }
}
