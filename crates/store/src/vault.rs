//! The vault's sealed root key: one row, changed only by who knows what it holds.

use keyward_policy::Sealed;

use crate::{Error, Store, What};

impl Store {
    /// The sealed root key; none before the vault is made.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn sealed_root(&self) -> Result<Option<Sealed>, Error> {
        const SQL: &str = "SELECT sealed_root FROM vault";
        let bytes: Option<Vec<u8>> = on!(&self.pool, |db| sqlx::query_scalar(SQL).fetch_optional(db).await)?;
        Ok(bytes.map(Sealed::from_bytes))
    }

    /// Puts a sealed root key: the first one, or one in place of `replacing`. Losing it loses every secret, so that
    /// two who do this at once never overwrite each other.
    ///
    /// # Errors
    /// [`Error::Taken`] when there is one and none was to be replaced; [`Error::Conflict`] when it is not `replacing`.
    pub async fn put_sealed_root(&self, new: &Sealed, replacing: Option<&Sealed>) -> Result<(), Error> {
        match replacing {
            None => self.first_root(new).await,
            Some(old) => self.replace_root(new, old).await,
        }
    }

    async fn first_root(&self, new: &Sealed) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO vault (id, sealed_root) VALUES (1, $1)";
        let put = on!(&self.pool, |db| sqlx::query(SQL).bind(new.as_bytes()).execute(db).await.map(drop));
        put.map_err(|error| Error::on_insert(error, What::Root, "vault"))
    }

    async fn replace_root(&self, new: &Sealed, old: &Sealed) -> Result<(), Error> {
        const SQL: &str = "UPDATE vault SET sealed_root = $1 WHERE sealed_root = $2";
        let changed = on!(&self.pool, |db| {
            let put = sqlx::query(SQL).bind(new.as_bytes()).bind(old.as_bytes());
            put.execute(db).await.map(|done| done.rows_affected())
        })?;
        if changed == 1 { Ok(()) } else { Err(Error::conflict(What::Root, &"vault")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{both, sealed};

    #[tokio::test]
    async fn a_root_key_is_only_replaced_by_who_knows_it() {
        both(async |store| {
            let (first, second) = (sealed("first"), sealed("second"));
            assert_eq!(store.sealed_root().await.unwrap(), None);
            assert!(matches!(
                store.put_sealed_root(&second, Some(&first)).await,
                Err(Error::Conflict { .. })
            ));
            store.put_sealed_root(&first, None).await.unwrap();
            assert!(matches!(store.put_sealed_root(&second, None).await, Err(Error::Taken { .. })));
            assert!(matches!(
                store.put_sealed_root(&second, Some(&second)).await,
                Err(Error::Conflict { .. })
            ));
            assert_eq!(store.sealed_root().await.unwrap(), Some(first.clone()));
            store.put_sealed_root(&second, Some(&first)).await.unwrap();
            assert_eq!(store.sealed_root().await.unwrap(), Some(second));
        })
        .await;
    }
}
