//! `project add`.

use keyward_policy::{Actor, Operation, Project, ProjectId};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{ProjectView, check_rotation, check_there_are_two};
use crate::{Control, Error, name};

/// A project to be added.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProject)]
pub struct Add {
    /// Its name.
    pub name: String,
    /// How old its keys become before they should be rotated, in days: 1 to 90, and 90 unless said otherwise.
    #[serde(default)]
    pub rotate_after_days: Option<u16>,
    /// Whether what widens its keys, and wide keys, need a second operator.
    #[serde(default)]
    pub four_eyes: bool,
}

/// Adds a project.
///
/// # Errors
/// `name_invalid`, `name_taken`, `time_invalid`; and those of every change.
pub async fn add(control: &Control, actor: &Actor, input: Add) -> Result<ProjectView, Error> {
    let act = control.act(actor, Operation::ProjectAdd).await?;
    name::check(&input.name)?;
    let rotate_after_days = input.rotate_after_days.unwrap_or(Project::ROTATE_AFTER_DAYS_MAX);
    check_rotation(rotate_after_days)?;
    if input.four_eyes {
        check_there_are_two(control, None).await?;
    }
    let id = ProjectId::from_entropy(control.random());
    let (four_eyes, created_at) = (input.four_eyes, control.now());
    let project = Project { id, name: input.name, rotate_after_days, four_eyes, created_at };
    let details =
        json!({ "name": project.name, "rotate_after_days": rotate_after_days, "four_eyes": four_eyes });
    let recorded = act.record(id, details).await?;
    recorded.carry_out(control.store.add_project(&project)).await?;
    Ok(project.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    async fn added(fixture: &Fixture, name: &str) -> Result<ProjectView, Code> {
        let input = Add { name: name.to_owned(), rotate_after_days: None, four_eyes: false };
        add(&fixture.control, &fixture.actor, input).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_project_is_added_once_and_on_record() {
        let fixture = Fixture::new().await;
        let project = added(&fixture, "bots").await.unwrap();
        assert_eq!(fixture.last_change()["subject"], project.id.to_string());
        assert_eq!(fixture.last_change()["actor"]["name"], "tester");
        assert_eq!(added(&fixture, "bots").await.unwrap_err(), Code::NameTaken);
    }

    #[tokio::test]
    async fn a_name_that_looks_like_an_id_is_refused() {
        let fixture = Fixture::new().await;
        assert_eq!(added(&fixture, "prj_x").await.unwrap_err(), Code::NameInvalid);
    }
}
