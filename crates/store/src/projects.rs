//! The table of projects.

use keyward_policy::{Project, ProjectId};

use crate::column::{self, Bad, micros};
use crate::page::{List, Page};
use crate::remove::Users;
use crate::row::Row;
use crate::{Error, Store, What};

/// Ids have one length and are never part of each other, so a list holds one when its text does.
const USERS: &Users = &[
    (What::Key, "SELECT id FROM keys WHERE project = $1 LIMIT 1"),
    (What::Credential, "SELECT name FROM credentials WHERE project = $1 LIMIT 1"),
    (What::Operator, "SELECT name FROM operators WHERE projects LIKE '%' || $1 || '%' LIMIT 1"),
    (What::Token, "SELECT name FROM tokens WHERE projects LIKE '%' || $1 || '%' LIMIT 1"),
];

#[derive(sqlx::FromRow)]
struct ProjectRow {
    id: String,
    name: String,
    rotate_after_days: i64,
    four_eyes: i64,
    created_at: i64,
}

impl Row for ProjectRow {
    type Record = Project;
    const TABLE: &'static str = "projects";

    fn label(&self) -> String {
        self.id.clone()
    }

    fn parse(self) -> Result<Project, Bad> {
        Ok(Project {
            id: self.id.parse()?,
            created_at: column::time(self.created_at)?,
            name: self.name,
            rotate_after_days: self.rotate_after_days.try_into()?,
            four_eyes: self.four_eyes != 0,
        })
    }
}

impl Store {
    /// Adds a project.
    ///
    /// # Errors
    /// [`Error::Taken`] when the name is in use.
    pub async fn add_project(&self, project: &Project) -> Result<(), Error> {
        const SQL: &str = "INSERT INTO projects (id, name, rotate_after_days, four_eyes, created_at) VALUES ($1, $2, $3, $4, $5)";
        let added = on!(&self.pool, |db| {
            let add = sqlx::query(SQL).bind(project.id.to_string()).bind(&project.name);
            let add = add.bind(i64::from(project.rotate_after_days)).bind(i64::from(project.four_eyes));
            add.bind(micros(project.created_at)).execute(db).await.map(drop)
        });
        added.map_err(|error| Error::on_insert(error, What::Project, &project.name))
    }

    /// The project with this id or name.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn project(&self, id_or_name: &str) -> Result<Project, Error> {
        const SQL: &str = "SELECT id, name, rotate_after_days, four_eyes, created_at FROM projects \
            WHERE id = $1 OR name = $1 ORDER BY CASE id WHEN $1 THEN 0 ELSE 1 END LIMIT 1";
        let project = self.find::<ProjectRow>(SQL, id_or_name).await?;
        project.ok_or_else(|| Error::not_found(What::Project, &id_or_name))
    }

    /// Projects in the order of their names.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn projects(&self, page: &Page) -> Result<List<Project>, Error> {
        const SQL: &str = "SELECT id, name, rotate_after_days, four_eyes, created_at FROM projects WHERE name > $1 ORDER BY name LIMIT $2";
        self.by_name::<ProjectRow>(SQL, page, |project| project.name.clone()).await
    }

    /// Changes what a project asks of its keys.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn update_project(&self, project: &Project) -> Result<(), Error> {
        const SQL: &str = "UPDATE projects SET rotate_after_days = $1, four_eyes = $2 WHERE id = $3";
        let mut turn = self.turn().await?;
        let id = turn.require(What::Project, &project.id).await?;
        on!(&mut turn.0, |tx| {
            let set = sqlx::query(SQL).bind(i64::from(project.rotate_after_days));
            let set = set.bind(i64::from(project.four_eyes)).bind(id);
            set.execute(&mut **tx).await.map(drop)
        })?;
        turn.commit().await
    }

    /// Removes a project that owns no key and no real key, and that nobody's role is bound to.
    ///
    /// # Errors
    /// [`Error::InUse`], [`Error::NotFound`].
    pub async fn remove_project(&self, id: ProjectId) -> Result<(), Error> {
        self.remove(What::Project, &id, USERS, "DELETE FROM projects WHERE id = $1").await
    }
}

#[cfg(test)]
mod tests {
    use keyward_policy::{Reach, Token};

    use super::*;
    use crate::story::{World, both, project, token};

    #[tokio::test]
    async fn a_project_is_added_found_listed_and_removed() {
        both(async |store| {
            let bots = project("bots");
            store.add_project(&bots).await.unwrap();
            assert!(matches!(store.add_project(&project("bots")).await, Err(Error::Taken { .. })));
            assert_eq!(store.project("bots").await.unwrap(), bots);
            assert_eq!(store.project(&bots.id.to_string()).await.unwrap(), bots);
            let sooner = Project { rotate_after_days: 30, four_eyes: true, ..bots.clone() };
            store.update_project(&sooner).await.unwrap();
            let bots = sooner;
            assert_eq!(store.project("bots").await.unwrap(), bots);
            assert!(matches!(store.update_project(&project("none")).await, Err(Error::NotFound { .. })));
            let listed = store.projects(&Page::default()).await.unwrap();
            assert_eq!(listed.items, std::slice::from_ref(&bots));
            store.remove_project(bots.id).await.unwrap();
            assert!(matches!(store.project("bots").await, Err(Error::NotFound { .. })));
        })
        .await;
    }

    #[tokio::test]
    async fn a_project_that_somebody_is_bound_to_is_not_removed() {
        both(async |store| {
            let bots = project("bots");
            store.add_project(&bots).await.unwrap();
            let bound = Token { reach: Reach::Projects(vec![project("other").id, bots.id]), ..token("ci") };
            store.add_token(&bound, "digest").await.unwrap();
            let refused = store.remove_project(bots.id).await;
            assert!(matches!(refused, Err(Error::InUse { by, .. }) if by == "API token `ci`"));
            store.remove_token(bound.id).await.unwrap();
            store.remove_project(bots.id).await.unwrap();
        })
        .await;
    }

    #[tokio::test]
    async fn a_project_that_owns_a_key_is_not_removed() {
        both(async |store| {
            let world = World::add(&store, "binance").await;
            let key = world.add_key(&store, "bot").await;
            let refused = store.remove_project(world.project.id).await;
            assert!(matches!(refused, Err(Error::InUse { by, .. }) if by == format!("key `{}`", key.id)));
        })
        .await;
    }
}
