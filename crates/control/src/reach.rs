//! Reach: what belongs to a project where an actor's role does not hold does not exist for him.

use keyward_policy::{Actor, Credential, Project, ProjectId, Reach, Role};
use keyward_store::{Error as Missing, List, Store, What};

use crate::{Code, Control, Error, Part};

/// The most projects that a role is bound to.
const PROJECTS_MAX: usize = 100;

/// Reads where a role shall hold: the names or ids of projects; none means everywhere.
///
/// # Errors
/// `project_unknown`, `too_many`; `role_invalid` for a role that cannot be bound to projects.
pub(crate) async fn read(store: &Store, role: Role, projects: &[String]) -> Result<Reach, Error> {
    if projects.is_empty() {
        return Ok(Reach::Everywhere);
    }
    if projects.len() > PROJECTS_MAX {
        return Err(Error::new(Code::TooMany, format!("a role is bound to {PROJECTS_MAX} projects at most")));
    }
    check(role)?;
    let mut ids = Vec::with_capacity(projects.len());
    for project in projects {
        ids.push(store.project(project).await?.id);
    }
    Ok(Reach::Projects(ids))
}

fn check(role: Role) -> Result<(), Error> {
    let error = || {
        Error::new(Code::RoleInvalid, format!("what the role {role} is about lies in no project"))
            .hint("bind a trader or a viewer to projects")
    };
    role.can_be_bound().then_some(()).ok_or_else(error)
}

/// The names of the projects that a role is bound to; none means everywhere.
pub(crate) async fn names(store: &Store, reach: &Reach) -> Result<Vec<String>, Error> {
    let projects = reach.projects().unwrap_or_default();
    let mut names = Vec::with_capacity(projects.len());
    for id in projects {
        names.push(name(store, *id).await?);
    }
    Ok(names)
}

/// A project's name; its id, where it was removed since.
async fn name(store: &Store, id: ProjectId) -> Result<String, Error> {
    match store.project(&id.to_string()).await {
        Ok(project) => Ok(project.name),
        Err(Missing::NotFound { .. }) => Ok(id.to_string()),
        Err(error) => Err(error.into()),
    }
}

impl Control {
    /// The project with this id or name.
    ///
    /// # Errors
    /// `project_unknown`, also where the actor's role does not hold; `store_unavailable`.
    pub(crate) async fn project_of(&self, actor: &Actor, project: &str) -> Result<Project, Error> {
        let found = self.store.project(project).await?;
        if actor.reaches(found.id) { Ok(found) } else { Err(missing(What::Project, project)) }
    }

    /// The credential with this id or name.
    ///
    /// # Errors
    /// `credential_unknown`, also where the actor's role is bound to projects and it belongs to none of them;
    /// `store_unavailable`.
    pub(crate) async fn credential_of(&self, actor: &Actor, credential: &str) -> Result<Credential, Error> {
        let found = self.store.credential(credential).await?;
        let is_his = found.project.map_or(actor.reach() == &Reach::Everywhere, |own| actor.reaches(own));
        if is_his { Ok(found) } else { Err(missing(What::Credential, credential)) }
    }

    /// Credentials in the order of their names, of those which the actor may use.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub(crate) async fn credentials_of(&self, actor: &Actor, part: Part) -> Result<List<Credential>, Error> {
        let Some(projects) = actor.reach().projects() else {
            return Ok(self.store.credentials(&part.into()).await?);
        };
        let mut items = Vec::new();
        for project in projects {
            items.extend(self.store.credentials_of(*project).await?);
        }
        items.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(List { items, next: None })
    }

    /// Projects in the order of their names, of those where the actor's role holds.
    ///
    /// # Errors
    /// `store_unavailable`.
    pub(crate) async fn projects_of(&self, actor: &Actor, part: Part) -> Result<List<Project>, Error> {
        let Some(projects) = actor.reach().projects() else {
            return Ok(self.store.projects(&part.into()).await?);
        };
        let mut items = Vec::new();
        for project in projects {
            match self.store.project(&project.to_string()).await {
                Ok(project) => items.push(project),
                Err(Missing::NotFound { .. }) => (),
                Err(error) => return Err(error.into()),
            }
        }
        items.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(List { items, next: None })
    }
}

/// As if there were no such thing, in the same words.
pub(crate) fn missing(what: What, name: &str) -> Error {
    Missing::NotFound { what, name: name.to_owned() }.into()
}
