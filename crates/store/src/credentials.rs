//! The table of credentials: real exchange keys, their secrets sealed.

use keyward_policy::{Checked, Credential, CredentialId, ProjectId, Sealed};

use crate::column::{self, Bad, KEY_TYPES, micros};
use crate::page::{List, Page};
use crate::remove::Users;
use crate::row::Row;
use crate::{Error, Store, What};

const USERS: &Users = &[(What::Key, "SELECT key FROM grants WHERE credential = $1 LIMIT 1")];

#[derive(sqlx::FromRow)]
pub(crate) struct CredentialRow {
    id: String,
    name: String,
    venue: String,
    api_key: String,
    key_type: String,
    sealed: Vec<u8>,
    public_key: Option<String>,
    created_at: i64,
    checked: Option<String>,
    project: Option<String>,
}

impl Row for CredentialRow {
    type Record = Credential;
    const TABLE: &'static str = "credentials";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Credential, Bad> {
        Ok(Credential {
            id: self.id.parse()?,
            venue: self.venue.parse()?,
            project: self.project.map(|id| id.parse()).transpose()?,
            key_type: column::value(KEY_TYPES, &self.key_type)?,
            created_at: column::time(self.created_at)?,
            checked: self.checked.as_deref().map(serde_json::from_str).transpose()?,
            secret: Sealed::from_bytes(self.sealed),
            name: self.name,
            api_key: self.api_key,
            public_key: self.public_key,
        })
    }
}

impl Store {
    /// Adds a credential.
    ///
    /// # Errors
    /// [`Error::Taken`] when the name is in use, [`Error::NotFound`] when its venue does not exist.
    pub async fn add_credential(&self, credential: &Credential) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO credentials \
            (id, name, venue, api_key, key_type, sealed, public_key, created_at, project) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let mut turn = self.turn().await?;
        let venue = turn.require(What::Venue, &credential.venue).await?;
        let project = match &credential.project {
            Some(project) => Some(turn.require(What::Project, project).await?),
            None => None,
        };
        let added = on!(&mut turn.0, |tx| {
            let add = sqlx::query(SQL).bind(credential.id.to_string()).bind(&credential.name);
            let add = add.bind(venue).bind(&credential.api_key);
            let add =
                add.bind(column::word(KEY_TYPES, credential.key_type)).bind(credential.secret.as_bytes());
            let add = add.bind(&credential.public_key).bind(micros(credential.created_at)).bind(project);
            add.execute(&mut **tx).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Credential, &credential.name))?;
        turn.commit().await
    }

    /// The credential with this id or name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn credential(&self, id_or_name: &str) -> Result<Credential, Error> {
        const SQL: &str = "SELECT id, name, venue, api_key, key_type, sealed, public_key, created_at, checked, project \
            FROM credentials WHERE id = $1 OR name = $1 ORDER BY CASE id WHEN $1 THEN 0 ELSE 1 END LIMIT 1";
        let credential = self.find::<CredentialRow>(SQL, id_or_name).await?;
        credential.ok_or_else(|| Error::not_found(What::Credential, &id_or_name))
    }

    /// Credentials in the order of their names.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn credentials(&self, page: &Page) -> Result<List<Credential>, Error> {
        const SQL: &str = "SELECT id, name, venue, api_key, key_type, sealed, public_key, created_at, checked, project \
            FROM credentials WHERE name > $1 ORDER BY name LIMIT $2";
        self.by_name::<CredentialRow>(SQL, page, |credential| credential.name.clone()).await
    }

    /// The credentials of one project, in the order of their names, the first thousand.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn credentials_of(&self, project: ProjectId) -> Result<Vec<Credential>, Error> {
        const SQL: &str = "SELECT id, name, venue, api_key, key_type, sealed, public_key, created_at, checked, project \
            FROM credentials WHERE project = $1 ORDER BY name LIMIT 1000";
        let project = project.to_string();
        let rows = on!(&self.pool, |db| {
            sqlx::query_as::<_, CredentialRow>(SQL).bind(&project).fetch_all(db).await
        })?;
        rows.into_iter().map(CredentialRow::read).collect()
    }

    /// Gives a generated pair the API key that the exchange answered with, once.
    ///
    /// # Errors
    /// [`Error::Taken`] when it has one, [`Error::NotFound`].
    pub async fn set_credential_api_key(&self, id: CredentialId, api_key: &str) -> Result<(), Error> {
        const SQL: &str = "UPDATE credentials SET api_key = $1 WHERE id = $2 AND api_key = ''";
        let mut turn = self.turn().await?;
        let credential = turn.require(What::Credential, &id).await?;
        let changed = on!(&mut turn.0, |tx| {
            let set = sqlx::query(SQL).bind(api_key).bind(credential);
            set.execute(&mut **tx).await.map(|done| done.rows_affected())
        })?;
        if changed == 0 {
            return Err(Error::taken(What::CredentialApiKey, &id));
        }
        turn.commit().await
    }

    /// Remembers what the exchange said of a real key.
    ///
    /// # Errors
    /// Those of the database; nothing when the credential is gone meanwhile.
    pub async fn note_check(&self, id: CredentialId, checked: &Checked) -> Result<(), Error> {
        const SQL: &str = "UPDATE credentials SET checked = $1 WHERE id = $2";
        let checked = column::json(checked)?;
        Ok(on!(&self.pool, |db| {
            let note = sqlx::query(SQL).bind(checked).bind(id.to_string());
            note.execute(db).await.map(drop)
        })?)
    }

    /// Removes a credential that no grant refers to.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::NotFound`].
    pub async fn remove_credential(&self, id: CredentialId) -> Result<(), Error> {
        self.remove(What::Credential, &id, USERS, "DELETE FROM credentials WHERE id = $1").await
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::KeyType;

    use super::*;
    use crate::story::{World, at, both, credential, project, venue};

    #[tokio::test]
    async fn a_credential_of_a_project_is_listed_with_it_and_keeps_it() {
        both(async |store| {
            let (binance, desk) = (venue("binance"), project("desk"));
            store.add_venue(&binance).await.unwrap();
            let own = Credential { project: Some(desk.id), ..credential("own", &binance) };
            let missing = store.add_credential(&own).await;
            assert!(matches!(missing, Err(Error::NotFound { what: What::Project, .. })));
            store.add_project(&desk).await.unwrap();
            store.add_credential(&own).await.unwrap();
            store.add_credential(&credential("everybodys", &binance)).await.unwrap();
            assert_eq!(store.credential("own").await.unwrap(), own);
            assert_eq!(store.credentials_of(desk.id).await.unwrap(), [own]);
            let refused = store.remove_project(desk.id).await;
            assert!(matches!(refused, Err(Error::InUse { by, .. }) if by == "credential `own`"));
        })
        .await;
    }

    #[tokio::test]
    async fn a_credential_reads_back_as_it_was_added() {
        both(async |store| {
            let venue = venue("binance");
            store.add_venue(&venue).await.unwrap();
            let pem = Some("-----BEGIN PUBLIC KEY-----".to_owned());
            let added =
                Credential { key_type: KeyType::Ed25519, public_key: pem, ..credential("main", &venue) };
            store.add_credential(&added).await.unwrap();
            assert_eq!(store.credential("main").await.unwrap(), added);
            assert_eq!(store.credential(&added.id.to_string()).await.unwrap(), added);
            let checked = Checked { at: at(5), can_withdraw: true, can_transfer: false, ip_restricted: true };
            store.note_check(added.id, &checked).await.unwrap();
            let added = Credential { checked: Some(checked), ..added };
            assert_eq!(store.credentials(&Page::default()).await.unwrap().items, [added]);
            assert!(matches!(store.credential("other").await, Err(Error::NotFound { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_credential_needs_a_free_name_and_a_venue() {
        both(async |store| {
            let nowhere = credential("lost", &venue("never added"));
            let refused = store.add_credential(&nowhere).await;
            assert!(matches!(refused, Err(Error::NotFound { what: What::Venue, .. })));
            let world = World::add(&store, "main").await;
            let refused = store.add_credential(&credential("main", &world.venue)).await;
            assert!(matches!(refused, Err(Error::Taken { what: What::Credential, .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_generated_pair_gets_its_api_key_once() {
        both(async |store| {
            let venue = venue("binance");
            store.add_venue(&venue).await.unwrap();
            let generated = Credential { api_key: String::new(), ..credential("main", &venue) };
            store.add_credential(&generated).await.unwrap();
            store.set_credential_api_key(generated.id, "from the exchange").await.unwrap();
            let again = store.set_credential_api_key(generated.id, "another").await;
            assert!(matches!(again, Err(Error::Taken { .. })));
            assert_eq!(store.credential("main").await.unwrap().api_key, "from the exchange");
            let unknown = credential("unknown", &venue).id;
            let refused = store.set_credential_api_key(unknown, "any").await;
            assert!(matches!(refused, Err(Error::NotFound { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_credential_with_a_grant_is_not_removed() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            let refused = store.remove_credential(world.credential.id).await;
            assert!(matches!(refused, Err(Error::InUse { by, .. }) if by == format!("key `{}`", key.id)));
        })
        .await;
    }
}
