//! `project list`.

use super::ProjectView;
use crate::{Control, Error, Listed, Part};
use keyward_policy::{Actor, Operation};

/// Projects in the order of their names.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, actor: &Actor, part: Part) -> Result<Listed<ProjectView>, Error> {
    control.view(actor, Operation::ProjectList)?;
    let list = control.projects_of(actor, part).await?;
    Ok(Listed::of(list, ProjectView::from))
}
