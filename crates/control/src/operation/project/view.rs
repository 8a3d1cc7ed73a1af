//! A project as operators see it.

use jiff::Timestamp;
use keyward_policy::{Project, ProjectId};
use serde::Serialize;

/// A project.
#[derive(Debug, Serialize)]
pub struct ProjectView {
    /// Its id.
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
}

impl From<Project> for ProjectView {
    fn from(project: Project) -> Self {
        Self { id: project.id, name: project.name, created_at: project.created_at }
    }
}
