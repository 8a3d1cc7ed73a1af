//! `project show`.

use super::ProjectView;
use crate::{Control, Error};
use keyward_policy::{Actor, Operation};

/// The project with this name or id.
///
/// # Errors
/// `project_unknown`; `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor, project: &str) -> Result<ProjectView, Error> {
    control.view(actor, Operation::ProjectShow)?;
    Ok(control.project_of(actor, project).await?.into())
}
