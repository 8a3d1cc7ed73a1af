//! `project update`: changes what a project asks of its keys.

use keyward_policy::{Actor, Operation, Project};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{ProjectView, check_rotation};
use crate::{Control, Error};

/// What shall be different. What is not named stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ProjectUpdate)]
pub struct Update {
    /// How old its keys become before they should be rotated, in days: 1 to 90.
    pub rotate_after_days: Option<u16>,
}

/// Changes a project.
///
/// # Errors
/// `project_unknown`, `time_invalid`; and those of every change.
pub async fn update(
    control: &Control,
    actor: &Actor,
    project: &str,
    input: Update,
) -> Result<ProjectView, Error> {
    let act = control.act(actor, Operation::ProjectUpdate).await?;
    let old = control.store.project(project).await?;
    let rotate_after_days = input.rotate_after_days.unwrap_or(old.rotate_after_days);
    check_rotation(rotate_after_days)?;
    if rotate_after_days == old.rotate_after_days {
        return Ok(old.into());
    }
    let changed = json!({ "before": old.rotate_after_days, "after": rotate_after_days });
    let recorded = act.record(old.id, json!({ "changed": { "rotate_after_days": changed } })).await?;
    let new = Project { rotate_after_days, ..old };
    recorded.carry_out(control.store.update_project(&new)).await?;
    Ok(new.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    async fn updated(fixture: &Fixture, days: u16) -> Result<u16, Code> {
        let input = Update { rotate_after_days: Some(days) };
        let updated = update(&fixture.control, &fixture.actor, "bots", input).await;
        updated.map(|project| project.rotate_after_days).map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_project_is_changed_within_bounds_and_on_record() {
        let fixture = Fixture::new().await;
        assert_eq!(updated(&fixture, 60).await, Err(Code::ProjectUnknown));
        fixture.project("bots").await;
        assert_eq!(updated(&fixture, 60).await, Ok(60));
        let changed = json!({ "rotate_after_days": { "before": 90, "after": 60 } });
        assert_eq!(fixture.last_change()["details"]["changed"], changed);
        for days in [0, 91] {
            assert_eq!(updated(&fixture, days).await, Err(Code::TimeInvalid));
        }
        let nothing = update(&fixture.control, &fixture.actor, "bots", Update::default()).await.unwrap();
        assert_eq!(
            (nothing.rotate_after_days, fixture.last_change()["operation"].as_str()),
            (60, Some("project update"))
        );
    }
}
