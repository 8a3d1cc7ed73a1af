//! `project show`.

use super::ProjectView;
use crate::{Control, Error};

/// The project with this name or id.
///
/// # Errors
/// `project_unknown`; `store_unavailable`.
pub async fn show(control: &Control, project: &str) -> Result<ProjectView, Error> {
    Ok(control.store.project(project).await?.into())
}
