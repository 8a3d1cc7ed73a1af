//! A project as operators see it.

use jiff::Timestamp;
use keyward_policy::{Project, ProjectId};
use serde::Serialize;
use utoipa::ToSchema;

/// A project.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Project)]
pub struct ProjectView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ProjectId,
    /// Its name.
    pub name: String,
    /// How old its keys become before they should be rotated, in days.
    pub rotate_after_days: u16,
    /// Whether what widens its keys, and wide keys, need a second operator.
    pub four_eyes: bool,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Project> for ProjectView {
    fn from(project: Project) -> Self {
        Self {
            id: project.id,
            name: project.name,
            rotate_after_days: project.rotate_after_days,
            four_eyes: project.four_eyes,
            created_at: project.created_at,
        }
    }
}
