//! Revoking keys, one or many at once: for good.

use jiff::Timestamp;
use keyward_policy::{CredentialId, KeyId, ProjectId};

use crate::column::micros;
use crate::turn::Turn;
use crate::{Error, Store, What};

/// Which keys to revoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoke {
    /// One.
    Key(KeyId),
    /// Those of a project.
    Project(ProjectId),
    /// Those with a grant on a credential.
    Credential(CredentialId),
    /// All that there are.
    All,
}

/// The two statements of a revocation: the tombstones, then the keys.
struct Statements {
    bury: &'static str,
    revoke: &'static str,
}

macro_rules! revoke_where {
    ($which:literal) => {
        Statements {
            bury: concat!(
                "INSERT INTO tombstones (id, api_key, buried_at) SELECT id, api_key, $2 FROM keys ",
                "WHERE state <> 'revoked' AND ",
                $which
            ),
            revoke: concat!(
                "UPDATE keys SET state = 'revoked', revision = revision + 1 WHERE state <> 'revoked' AND ",
                $which,
                " RETURNING id"
            ),
        }
    };
}

const KEY: Statements = revoke_where!("id = $1");
const PROJECT: Statements = revoke_where!("project = $1");
const CREDENTIAL: Statements = revoke_where!("id IN (SELECT key FROM grants WHERE credential = $1)");
const ALL: Statements = revoke_where!("$1 = 'all'");

impl Store {
    /// Revokes keys, all of them or none, and returns those that were not revoked before.
    ///
    /// The one list without a limit: a kill that stopped at a page would not be one.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the key, the project or the credential does not exist.
    pub async fn revoke_keys(&self, which: Revoke, at: Timestamp) -> Result<Vec<KeyId>, Error> {
        let mut turn = self.turn().await?;
        let (statements, id) = match which {
            Revoke::Key(id) => (KEY, turn.known(What::Key, id).await?),
            Revoke::Project(id) => (PROJECT, turn.known(What::Project, id).await?),
            Revoke::Credential(id) => (CREDENTIAL, turn.known(What::Credential, id).await?),
            Revoke::All => (ALL, "all".to_owned()),
        };
        let revoked = turn.revoke(&statements, &id, at).await?;
        turn.commit().await?;
        revoked.iter().map(|id| read_id(id)).collect()
    }
}

impl Turn {
    async fn known(&mut self, what: What, id: impl ToString) -> Result<String, Error> {
        let id = id.to_string();
        self.require(what, &id).await?;
        Ok(id)
    }

    async fn revoke(&mut self, sql: &Statements, id: &str, at: Timestamp) -> Result<Vec<String>, Error> {
        on!(&mut self.0, |tx| {
            sqlx::query(sql.bury).bind(id).bind(micros(at)).execute(&mut **tx).await?;
            Ok(sqlx::query_scalar(sql.revoke).bind(id).fetch_all(&mut **tx).await?)
        })
    }
}

fn read_id(id: &str) -> Result<KeyId, Error> {
    id.parse().map_err(|why| Error::Corrupt { table: "keys", id: id.to_owned(), why: format!("{why}") })
}
