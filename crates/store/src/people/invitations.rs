//! The table of invitations: who may become an operator, by a link that opens once.

use jiff::Timestamp;
use keyward_policy::{Reach, Role};

use crate::column::{self, Bad, micros};
use crate::row::Row;
use crate::{Error, Store, What};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// A digest of what the link holds.
    pub digest: String,
    /// The name that the invited will sign in with.
    pub name: String,
    /// What the invited will be.
    pub role: Role,
    /// Where.
    pub reach: Reach,
    /// Who invited.
    pub invited_by: String,
    /// Until when the link is good.
    pub expires_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct InvitationRow {
    digest: String,
    name: String,
    role: String,
    invited_by: String,
    expires_at: i64,
    projects: Option<String>,
}

impl Row for InvitationRow {
    type Record = Invitation;
    const TABLE: &'static str = "invitations";

    fn label(&self) -> String {
        self.name.clone()
    }

    fn parse(self) -> Result<Invitation, Bad> {
        Ok(Invitation {
            role: self.role.parse()?,
            reach: column::reach(self.projects.as_deref())?,
            expires_at: column::time(self.expires_at)?,
            digest: self.digest,
            name: self.name,
            invited_by: self.invited_by,
        })
    }
}

impl Store {
    /// Keeps an invitation; an earlier one of the same name is gone with it.
    ///
    /// # Errors
    /// [`Error::Taken`] when somebody signs in with that name already.
    pub async fn invite(&self, invitation: &Invitation) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO invitations (digest, name, role, invited_by, expires_at, projects) \
            VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, \
            role = excluded.role, invited_by = excluded.invited_by, expires_at = excluded.expires_at, \
            projects = excluded.projects";
        let projects = column::reach_text(&invitation.reach)?;
        let mut turn = self.turn().await?;
        if turn.text("SELECT id FROM operators WHERE name = $1", &invitation.name).await?.is_some() {
            return Err(Error::taken(What::Operator, &invitation.name));
        }
        on!(&mut turn.0, |tx| {
            let invite = sqlx::query(SQL).bind(&invitation.digest).bind(&invitation.name);
            let invite = invite.bind(invitation.role.name()).bind(&invitation.invited_by);
            invite.bind(micros(invitation.expires_at)).bind(&projects).execute(&mut **tx).await.map(drop)
        })?;
        turn.commit().await
    }

    /// The invitation with this digest, whether it is still good or not.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn invitation(&self, digest: &str) -> Result<Option<Invitation>, Error> {
        const SQL: &str =
            "SELECT digest, name, role, invited_by, expires_at, projects FROM invitations WHERE digest = $1";
        self.find::<InvitationRow>(SQL, digest).await
    }
}

#[cfg(test)]
mod tests {
    use crate::story::{both, invitation};

    #[tokio::test]
    async fn a_second_invitation_takes_the_place_of_the_first() {
        both(async |store| {
            let first = invitation("ada", "digest1");
            store.invite(&first).await.unwrap();
            assert_eq!(store.invitation("digest1").await.unwrap(), Some(first));
            store.invite(&invitation("ada", "digest2")).await.unwrap();
            assert_eq!(store.invitation("digest1").await.unwrap(), None);
        })
        .await;
    }
}
