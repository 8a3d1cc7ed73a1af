//! The table of identities: who an operator is at the identity provider (OpenID Connect).

use jiff::Timestamp;
use keyward_policy::{Operator, OperatorId};

use crate::column::{self, Bad, micros};
use crate::row::Row;
use crate::turn::Turn;
use crate::{Error, Store, What};

/// Who somebody is at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider, by the URL that it calls itself.
    pub issuer: String,
    /// What the provider calls him: never given twice, and never changed (OpenID Connect Core 2, `sub`).
    pub subject: String,
    /// The operator.
    pub operator: OperatorId,
    /// Since when.
    pub linked_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct IdentityRow {
    issuer: String,
    subject: String,
    operator: String,
    linked_at: i64,
}

impl Row for IdentityRow {
    type Record = Identity;
    const TABLE: &'static str = "identities";

    fn label(&self) -> String {
        self.operator.clone()
    }

    fn parse(self) -> Result<Identity, Bad> {
        Ok(Identity {
            operator: self.operator.parse()?,
            linked_at: column::time(self.linked_at)?,
            issuer: self.issuer,
            subject: self.subject,
        })
    }
}

impl Store {
    /// Links an operator with who he is at the provider; what he was at another one is forgotten.
    ///
    /// # Errors
    /// [`Error::Taken`] when somebody is that already, or the operator is somebody there already.
    pub async fn link(&self, identity: &Identity) -> Result<(), Error> {
        const ELSEWHERE: &str = "DELETE FROM identities WHERE operator = $1 AND issuer <> $2";
        let (mut turn, operator) = (self.turn().await?, identity.operator.to_string());
        on!(&mut turn.0, |tx| {
            sqlx::query(ELSEWHERE).bind(&operator).bind(&identity.issuer).execute(&mut **tx).await.map(drop)
        })?;
        put_identity(&mut turn, identity).await?;
        turn.commit().await
    }

    /// Adds an operator who comes by the provider and has no password, and takes the invitation that led to it, all in one.
    ///
    /// # Errors
    /// [`Error::Taken`] when the name is in use, or somebody is that at the provider already; [`Error::NotFound`] when the
    /// invitation is gone.
    pub async fn add_linked_operator(
        &self,
        operator: &Operator,
        identity: &Identity,
        invitation: &str,
    ) -> Result<(), Error> {
        let mut turn = self.turn().await?;
        super::operators::admit(&mut turn, operator, invitation).await?;
        put_identity(&mut turn, identity).await?;
        turn.commit().await
    }

    /// Who an operator is at the provider.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn identity(&self, operator: OperatorId) -> Result<Option<Identity>, Error> {
        const SQL: &str = "SELECT issuer, subject, operator, linked_at FROM identities WHERE operator = $1";
        self.find::<IdentityRow>(SQL, &operator.to_string()).await
    }

    /// Whom the provider means.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn identified(&self, issuer: &str, subject: &str) -> Result<Option<OperatorId>, Error> {
        const SQL: &str = "SELECT issuer, subject, operator, linked_at FROM identities \
            WHERE issuer = $1 AND subject = $2";
        let row = on!(&self.pool, |db| {
            sqlx::query_as::<_, IdentityRow>(SQL).bind(issuer).bind(subject).fetch_optional(db).await
        })?;
        Ok(row.map(Row::read).transpose()?.map(|identity| identity.operator))
    }

    /// Forgets who an operator is at the provider: whether it was known.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn unlink(&self, operator: OperatorId) -> Result<bool, Error> {
        const SQL: &str = "DELETE FROM identities WHERE operator = $1";
        let operator = operator.to_string();
        let unlinked = on!(&self.pool, |db| {
            sqlx::query(SQL).bind(&operator).execute(db).await.map(|done| done.rows_affected())
        })?;
        Ok(unlinked == 1)
    }
}

async fn put_identity(turn: &mut Turn, identity: &Identity) -> Result<(), Error> {
    const SQL: &str = "INSERT INTO identities (issuer, subject, operator, linked_at) VALUES ($1, $2, $3, $4)";
    let operator = identity.operator.to_string();
    let added = on!(&mut turn.0, |tx| {
        let add = sqlx::query(SQL).bind(&identity.issuer).bind(&identity.subject).bind(&operator);
        add.bind(micros(identity.linked_at)).execute(&mut **tx).await.map(drop)
    });
    added.map_err(|error| Error::on_insert(error, What::Identity, &identity.subject))
}

#[cfg(test)]
mod tests {
    use keyward_policy::Role;

    use super::*;
    use crate::story::{both, invite, operator};

    fn identity(operator: &Operator, issuer: &str, subject: &str) -> Identity {
        Identity {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            operator: operator.id,
            linked_at: operator.created_at,
        }
    }

    #[tokio::test]
    async fn one_identity_is_one_operator_and_the_other_way_round() {
        both(async |store| {
            let (ada, bob) = (operator("ada", Role::Owner), operator("bob", Role::Owner));
            for one in [&ada, &bob] {
                invite(&store, &one.name).await;
                store.add_operator(one, b"verifier", &one.name).await.unwrap();
            }
            let hers = identity(&ada, "https://id.test", "0001");
            store.link(&hers).await.unwrap();
            assert_eq!(store.identity(ada.id).await.unwrap(), Some(hers.clone()));
            assert_eq!(store.identified("https://id.test", "0001").await.unwrap(), Some(ada.id));
            for unknown in [("https://id.test", "0002"), ("https://other.test", "0001")] {
                assert_eq!(store.identified(unknown.0, unknown.1).await.unwrap(), None);
            }
            for taken in
                [identity(&bob, "https://id.test", "0001"), identity(&ada, "https://id.test", "0002")]
            {
                assert!(matches!(store.link(&taken).await, Err(Error::Taken { what: What::Identity, .. })));
            }
            let moved = identity(&ada, "https://other.test", "a");
            store.link(&moved).await.unwrap();
            assert_eq!(store.identity(ada.id).await.unwrap(), Some(moved), "the provider was changed");
            assert!(store.unlink(ada.id).await.unwrap() && !store.unlink(ada.id).await.unwrap());
        })
        .await;
    }

    #[tokio::test]
    async fn who_comes_by_the_provider_has_no_password_and_leaves_nothing() {
        both(async |store| {
            let (ada, bob) = (operator("ada", Role::Owner), operator("bob", Role::Owner));
            invite(&store, "ada").await;
            let hers = identity(&ada, "https://id.test", "0001");
            store.add_linked_operator(&ada, &hers, "ada").await.unwrap();
            assert_eq!(store.password(ada.id).await.unwrap(), None);
            invite(&store, "bob").await;
            let same = store.add_linked_operator(&bob, &identity(&bob, &hers.issuer, "0001"), "bob").await;
            assert!(matches!(same, Err(Error::Taken { what: What::Identity, .. })));
            let invited = store.invitation("bob").await.unwrap();
            assert!(invited.is_some(), "what failed took nothing");
            store.add_operator(&bob, b"verifier", "bob").await.unwrap();
            store.remove_operator(ada.id).await.unwrap();
            assert_eq!(store.identified(&hers.issuer, "0001").await.unwrap(), None);
        })
        .await;
    }
}
