//! `project list`.

use super::ProjectView;
use crate::{Control, Error, Listed, Part};

/// Projects in the order of their names.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, part: Part) -> Result<Listed<ProjectView>, Error> {
    let list = control.store.projects(&part.into()).await?;
    Ok(Listed::of(list, ProjectView::from))
}
