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
            Revoke::Key(id) => (KEY, turn.require(What::Key, &id).await?),
            Revoke::Project(id) => (PROJECT, turn.require(What::Project, &id).await?),
            Revoke::Credential(id) => (CREDENTIAL, turn.require(What::Credential, &id).await?),
            Revoke::All => (ALL, "all".to_owned()),
        };
        let revoked = turn.revoke(&statements, &id, at).await?;
        turn.commit().await?;
        revoked.iter().map(|id| read_id(id)).collect()
    }
}

impl Turn {
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use keyward_policy::{Key, KeyState};

    use super::*;
    use crate::story::{World, at, both, changed, tamper};

    #[tokio::test]
    async fn each_scope_revokes_its_keys_and_no_others() {
        both(async |store| {
            let (one, two) = (World::add(&store, "one").await, World::add(&store, "two").await);
            let mut keys = Vec::new();
            for world in [&one, &one, &one, &two, &two] {
                keys.push(world.add_key(&store, "bot").await.id);
            }
            let foreign = Key { project: two.project.id, ..one.key("bot") };
            store.add_key(&foreign).await.unwrap();
            let revoke = async |which| -> HashSet<KeyId> {
                store.revoke_keys(which, at(1)).await.unwrap().into_iter().collect()
            };
            assert_eq!(revoke(Revoke::Key(keys[0])).await, [keys[0]].into());
            assert_eq!(revoke(Revoke::Project(one.project.id)).await, [keys[1], keys[2]].into());
            assert_eq!(revoke(Revoke::Credential(one.credential.id)).await, [foreign.id].into());
            assert_eq!(revoke(Revoke::All).await, [keys[3], keys[4]].into());
            assert_eq!(revoke(Revoke::All).await, [].into());
            let left = store.load().await.unwrap().keys;
            assert!(left.iter().all(|key| key.state == KeyState::Revoked && key.revision == 2));
        })
        .await;
    }

    #[tokio::test]
    async fn what_does_not_exist_is_not_revoked() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let refused = store.revoke_keys(Revoke::Key(world.key("bot").id), at(1)).await;
            assert!(matches!(refused, Err(Error::NotFound { what: What::Key, .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_revoked_key_whose_row_is_lost_is_still_never_issued_again() {
        both(async |store| {
            let key = World::add(&store, "binance").await.add_key(&store, "bot").await;
            store.revoke_keys(Revoke::All, at(1)).await.unwrap();
            tamper(&store, "DELETE FROM grants").await;
            tamper(&store, "DELETE FROM keys").await;
            assert!(matches!(store.add_key(&key).await, Err(Error::Tombstoned(_))));
        })
        .await;
    }

    #[tokio::test]
    async fn a_kill_does_not_miss_the_key_that_a_rotation_is_just_adding() {
        both(async |store| {
            for round in 0..20 {
                let world = World::add(&store, &format!("round {round}")).await;
                let old = world.add_key(&store, "bot").await;
                let (retiring, new) = (changed(&old, |_| ()), world.key("bot"));
                let kill = store.revoke_keys(Revoke::Project(world.project.id), at(1));
                let (rotated, killed) = tokio::join!(store.rotate_key(&retiring, &new), kill);
                let expected = if rotated.is_ok() { 2 } else { 1 };
                assert_eq!(killed.unwrap().len(), expected);
            }
            assert!(store.load().await.unwrap().keys.iter().all(|key| key.state == KeyState::Revoked));
        })
        .await;
    }
}
