//! Settings: one text under one name, such as the audit log's id or its verifier key. Never a secret.

use crate::{Error, Store};

impl Store {
    /// The text under a name.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn meta(&self, name: &str) -> Result<Option<String>, Error> {
        const SQL: &str = "SELECT value FROM meta WHERE name = $1";
        Ok(on!(&self.pool, |db| sqlx::query_scalar(SQL).bind(name).fetch_optional(db).await)?)
    }

    /// Puts a text under a name, in place of what was there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn put_meta(&self, name: &str, value: &str) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO meta (name, value) VALUES ($1, $2) \
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        on!(&self.pool, |db| sqlx::query(SQL).bind(name).bind(value).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Forgets the text under a name, if there is one.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove_meta(&self, name: &str) -> Result<(), Error> {
        const SQL: &str = "DELETE FROM meta WHERE name = $1";
        on!(&self.pool, |db| sqlx::query(SQL).bind(name).execute(db).await.map(drop))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::story::both;

    #[tokio::test]
    async fn the_last_text_put_is_the_one_kept() {
        both(async |store| {
            assert_eq!(store.meta("log-id").await.unwrap(), None);
            store.put_meta("log-id", "first").await.unwrap();
            store.put_meta("log-id", "second").await.unwrap();
            assert_eq!(store.meta("log-id").await.unwrap().as_deref(), Some("second"));
            store.remove_meta("log-id").await.unwrap();
            assert_eq!(store.meta("log-id").await.unwrap(), None);
        })
        .await;
    }
}
