//! The table of API tokens.

use jiff::Timestamp;
use keyward_policy::{Token, TokenId};

use crate::column::{self, Bad, micros};
use crate::page::{List, Page};
use crate::row::Row;
use crate::{Error, Store, What};

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: String,
    name: String,
    role: String,
    addresses: String,
    created_by: String,
    maker: Option<String>,
    created_at: i64,
    expires_at: i64,
    used_at: Option<i64>,
    projects: Option<String>,
}

impl Row for TokenRow {
    type Record = Token;
    const TABLE: &'static str = "tokens";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Token, Bad> {
        Ok(Token {
            id: self.id.parse()?,
            role: self.role.parse()?,
            reach: column::reach(self.projects.as_deref())?,
            addresses: serde_json::from_str(&self.addresses)?,
            created_at: column::time(self.created_at)?,
            expires_at: column::time(self.expires_at)?,
            used_at: self.used_at.map(column::time).transpose()?,
            maker: self.maker.map(|id| id.parse()).transpose()?,
            name: self.name,
            created_by: self.created_by,
        })
    }
}

impl Store {
    /// Adds a token; of what the program shows only a digest is kept.
    ///
    /// # Errors
    /// [`Error::Taken`] when the name is in use.
    pub async fn add_token(&self, token: &Token, digest: &str) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO tokens (id, name, digest, role, addresses, created_by, created_at, \
            expires_at, maker, projects) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let projects = column::reach_text(&token.reach)?;
        let addresses = column::json(&token.addresses)?;
        let added = on!(&self.pool, |db| {
            let add = sqlx::query(SQL).bind(token.id.to_string()).bind(&token.name).bind(digest);
            let add = add.bind(token.role.name()).bind(&addresses).bind(&token.created_by);
            let add = add.bind(micros(token.created_at)).bind(micros(token.expires_at));
            let add = add.bind(token.maker.map(|id| id.to_string())).bind(&projects);
            add.execute(db).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Token, &token.name))
    }

    /// The token with this digest.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn token_of(&self, digest: &str) -> Result<Option<Token>, Error> {
        const SQL: &str = "SELECT id, name, role, addresses, created_by, maker, created_at, expires_at, \
            used_at, projects FROM tokens WHERE digest = $1";
        self.find::<TokenRow>(SQL, digest).await
    }

    /// The token with this id or name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn token(&self, id_or_name: &str) -> Result<Token, Error> {
        const SQL: &str = "SELECT id, name, role, addresses, created_by, maker, created_at, expires_at, \
            used_at, projects FROM tokens WHERE id = $1 OR name = $1 ORDER BY CASE id WHEN $1 THEN 0 ELSE 1 END LIMIT 1";
        let token = self.find::<TokenRow>(SQL, id_or_name).await?;
        token.ok_or_else(|| Error::not_found(What::Token, &id_or_name))
    }

    /// Tokens in the order of their names.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn tokens(&self, page: &Page) -> Result<List<Token>, Error> {
        const SQL: &str = "SELECT id, name, role, addresses, created_by, maker, created_at, expires_at, \
            used_at, projects FROM tokens WHERE name > $1 ORDER BY name LIMIT $2";
        self.by_name::<TokenRow>(SQL, page, |token| token.name.clone()).await
    }

    /// Notes that a token is used.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn use_token(&self, id: TokenId, now: Timestamp) -> Result<(), Error> {
        const SQL: &str = "UPDATE tokens SET used_at = $2 WHERE id = $1";
        let id = id.to_string();
        on!(&self.pool, |db| sqlx::query(SQL).bind(&id).bind(micros(now)).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Removes a token: it is good for nothing from now on.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn remove_token(&self, id: TokenId) -> Result<(), Error> {
        self.remove(What::Token, &id, &[], "DELETE FROM tokens WHERE id = $1").await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::{both, token};

    #[tokio::test]
    async fn a_token_is_added_found_used_and_removed() {
        both(async |store| {
            let ci = token("ci");
            store.add_token(&ci, "digest").await.unwrap();
            assert!(matches!(store.add_token(&token("ci"), "other").await, Err(Error::Taken { .. })));
            assert_eq!(store.token_of("digest").await.unwrap(), Some(ci.clone()));
            assert_eq!(store.token("ci").await.unwrap(), ci);
            store.use_token(ci.id, ci.created_at).await.unwrap();
            let listed = store.tokens(&Page::default()).await.unwrap().items;
            assert_eq!(listed[0].used_at, Some(ci.created_at));
            store.remove_token(ci.id).await.unwrap();
            assert_eq!(store.token_of("digest").await.unwrap(), None);
        })
        .await;
    }
}
