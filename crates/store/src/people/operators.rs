//! The table of operators.

use keyward_policy::{Operator, OperatorId, OperatorState, Role};

use crate::column::{self, Bad, OPERATOR_STATES, micros};
use crate::page::{List, Page};
use crate::row::Row;
use crate::turn::Turn;
use crate::{Error, Store, What};

#[derive(sqlx::FromRow)]
struct OperatorRow {
    id: String,
    name: String,
    role: String,
    state: String,
    created_at: i64,
    projects: Option<String>,
}

impl Row for OperatorRow {
    type Record = Operator;
    const TABLE: &'static str = "operators";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Operator, Bad> {
        Ok(Operator {
            id: self.id.parse()?,
            role: self.role.parse()?,
            reach: column::reach(self.projects.as_deref())?,
            state: column::value(OPERATOR_STATES, &self.state)?,
            created_at: column::time(self.created_at)?,
            name: self.name,
        })
    }
}

impl Store {
    /// Adds an operator with a password's verifier, and takes the invitation that led to it, all in one.
    ///
    /// # Errors
    /// [`Error::Taken`] when the name is in use; [`Error::NotFound`] when the invitation is gone.
    pub async fn add_operator(
        &self,
        operator: &Operator,
        verifier: &[u8],
        invitation: &str,
    ) -> Result<(), Error> {
        const PASSWORD: &str = "INSERT INTO passwords (operator, verifier, changed_at) VALUES ($1, $2, $3)";
        let mut turn = self.turn().await?;
        admit(&mut turn, operator, invitation).await?;
        let (id, created_at) = (operator.id.to_string(), micros(operator.created_at));
        on!(&mut turn.0, |tx| {
            let add = sqlx::query(PASSWORD).bind(&id).bind(verifier).bind(created_at);
            add.execute(&mut **tx).await.map(drop)
        })?;
        turn.commit().await
    }

    /// The operator with this id or name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn operator(&self, id_or_name: &str) -> Result<Operator, Error> {
        const SQL: &str = "SELECT id, name, role, state, created_at, projects FROM operators \
            WHERE id = $1 OR name = $1 ORDER BY CASE id WHEN $1 THEN 0 ELSE 1 END LIMIT 1";
        let operator = self.find::<OperatorRow>(SQL, id_or_name).await?;
        operator.ok_or_else(|| Error::not_found(What::Operator, &id_or_name))
    }

    /// Operators in the order of their names.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn operators(&self, page: &Page) -> Result<List<Operator>, Error> {
        const SQL: &str = "SELECT id, name, role, state, created_at, projects FROM operators WHERE name > $1 ORDER BY name LIMIT $2";
        self.by_name::<OperatorRow>(SQL, page, |operator| operator.name.clone()).await
    }

    /// Changes what an operator is. Sessions are ended with it: the next sign-in finds the new state.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::InUse`] when no active owner would be left.
    pub async fn set_operator(&self, operator: &Operator) -> Result<(), Error> {
        const SQL: &str = "UPDATE operators SET role = $2, state = $3, projects = $4 WHERE id = $1";
        let Operator { id, role, state, reach, .. } = operator;
        let (key, projects) = (id.to_string(), column::reach_text(reach)?);
        let mut turn = self.turn().await?;
        if (*role, *state) != (Role::Owner, OperatorState::Active) {
            another_owner(&mut turn, &key).await?;
        }
        let changed = on!(&mut turn.0, |tx| {
            let set = sqlx::query(SQL).bind(&key).bind(role.name());
            let set = set.bind(column::word(OPERATOR_STATES, *state)).bind(&projects);
            set.execute(&mut **tx).await.map(|done| done.rows_affected())
        })?;
        if changed == 0 {
            return Err(Error::not_found(What::Operator, id));
        }
        turn.change("DELETE FROM sessions WHERE operator = $1", &key).await?;
        turn.commit().await
    }

    /// Removes an operator with all that belongs to him, and what he asked for or agreed to: whoever gets his name later has
    /// done neither.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::InUse`] when no active owner would be left.
    pub async fn remove_operator(&self, id: OperatorId) -> Result<(), Error> {
        const HELD: [&str; 8] = [
            "DELETE FROM consents WHERE asked_by = (SELECT name FROM operators WHERE id = $1)",
            "DELETE FROM consents WHERE given_by = (SELECT name FROM operators WHERE id = $1)",
            "DELETE FROM sessions WHERE operator = $1",
            "DELETE FROM recovery_codes WHERE operator = $1",
            "DELETE FROM totps WHERE operator = $1",
            "DELETE FROM passkeys WHERE operator = $1",
            "DELETE FROM identities WHERE operator = $1",
            "DELETE FROM passwords WHERE operator = $1",
        ];
        let mut turn = self.turn().await?;
        let key = id.to_string();
        another_owner(&mut turn, &key).await?;
        for held in HELD {
            turn.change(held, &key).await?;
        }
        match turn.change("DELETE FROM operators WHERE id = $1", &key).await? {
            0 => Err(Error::not_found(What::Operator, &id)),
            _ => turn.commit().await,
        }
    }

    /// Whether there is any operator yet.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn has_operators(&self) -> Result<bool, Error> {
        const SQL: &str = "SELECT COUNT(*) FROM operators";
        let count: i64 = on!(&self.pool, |db| sqlx::query_scalar(SQL).fetch_one(db).await)?;
        Ok(count > 0)
    }
}

/// Adds an operator, and takes the invitation that led to it.
pub(super) async fn admit(turn: &mut Turn, operator: &Operator, invitation: &str) -> Result<(), Error> {
    const ADD: &str =
        "INSERT INTO operators (id, name, role, state, created_at, projects) VALUES ($1, $2, $3, $4, $5, $6)";
    if turn.change("DELETE FROM invitations WHERE digest = $1", invitation).await? == 0 {
        return Err(Error::not_found(What::Invitation, &operator.name));
    }
    let (id, created_at) = (operator.id.to_string(), micros(operator.created_at));
    let projects = column::reach_text(&operator.reach)?;
    let added = on!(&mut turn.0, |tx| {
        let add = sqlx::query(ADD).bind(&id).bind(&operator.name).bind(operator.role.name());
        let add = add.bind(column::word(OPERATOR_STATES, operator.state)).bind(created_at).bind(&projects);
        add.execute(&mut **tx).await.map(drop)
    });
    added.map_err(|error| Error::on_insert(error, What::Operator, &operator.name))
}

/// Sees that somebody else owns Keyward, if this operator does.
async fn another_owner(turn: &mut Turn, id: &str) -> Result<(), Error> {
    const OWNS: &str =
        "SELECT id FROM operators WHERE id = $1 AND role = 'owner' AND state = 'active' LIMIT 1";
    const OTHER: &str =
        "SELECT id FROM operators WHERE id <> $1 AND role = 'owner' AND state = 'active' LIMIT 1";
    if turn.text(OWNS, id).await?.is_some() && turn.text(OTHER, id).await?.is_none() {
        let by = "rule that somebody owns Keyward".to_owned();
        return Err(Error::InUse { what: What::Operator, name: id.to_owned(), by });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use keyward_policy::Reach;

    use super::*;
    use crate::story::{both, invite, operator, project};

    async fn added(store: &Store, name: &str, role: Role) -> Operator {
        let operator = operator(name, role);
        invite(store, name).await;
        store.add_operator(&operator, b"verifier", name).await.unwrap();
        operator
    }

    #[tokio::test]
    async fn an_operator_takes_an_invitation_and_is_found_and_listed() {
        both(async |store| {
            assert!(!store.has_operators().await.unwrap());
            let ada = added(&store, "ada", Role::Owner).await;
            assert!(store.has_operators().await.unwrap());
            assert_eq!(store.operator("ada").await.unwrap(), ada);
            assert_eq!(store.operator(&ada.id.to_string()).await.unwrap(), ada);
            assert_eq!(store.operators(&Page::default()).await.unwrap().items, [ada]);
            let again = store.add_operator(&operator("eve", Role::Owner), b"verifier", "ada").await;
            assert!(matches!(again, Err(Error::NotFound { what: What::Invitation, .. })), "used once");
        })
        .await;
    }

    #[tokio::test]
    async fn where_a_role_holds_is_kept_and_nowhere_is_not_everywhere() {
        both(async |store| {
            let grace = added(&store, "grace", Role::Trader).await;
            for projects in [vec![], vec![project("bots").id]] {
                let bound = Operator { reach: Reach::Projects(projects), ..grace.clone() };
                store.set_operator(&bound).await.unwrap();
                assert_eq!(store.operator("grace").await.unwrap(), bound);
            }
            store.set_operator(&grace).await.unwrap();
            assert_eq!(store.operator("grace").await.unwrap().reach, Reach::Everywhere);
        })
        .await;
    }

    #[tokio::test]
    async fn somebody_owns_keyward_at_all_times() {
        both(async |store| {
            let ada = added(&store, "ada", Role::Owner).await;
            let bob = added(&store, "bob", Role::Trader).await;
            let lowered = store.set_operator(&Operator { role: Role::Viewer, ..ada.clone() }).await;
            assert!(matches!(lowered, Err(Error::InUse { .. })));
            assert!(matches!(store.remove_operator(ada.id).await, Err(Error::InUse { .. })));
            store.set_operator(&Operator { role: Role::Owner, ..bob.clone() }).await.unwrap();
            let suspended = Operator { state: OperatorState::Suspended, ..ada.clone() };
            store.set_operator(&suspended).await.unwrap();
            store.remove_operator(ada.id).await.unwrap();
            assert!(matches!(store.operator("ada").await, Err(Error::NotFound { .. })));
            assert!(matches!(store.remove_operator(bob.id).await, Err(Error::InUse { .. })));
        })
        .await;
    }
}
