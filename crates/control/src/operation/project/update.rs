//! `project update`: changes what a project asks of its keys.

use keyward_policy::{Actor, Operation, Project};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::{ProjectView, check_rotation, check_there_are_two};
use crate::operation::consent::Asked;
use crate::{Control, Error};

/// What shall be different. What is not named stays as it is.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = ProjectUpdate)]
pub struct Update {
    /// How old its keys become before they should be rotated, in days: 1 to 90.
    pub rotate_after_days: Option<u16>,
    /// Whether what widens its keys, and wide keys, need a second operator.
    pub four_eyes: Option<bool>,
}

/// Changes a project. To give up four eyes takes four eyes, and a fresh second factor.
///
/// # Errors
/// `project_unknown`, `time_invalid`, `four_eyes_alone`, `consent_needed`, `second_factor_needed`; and those of every
/// change.
pub async fn update(
    control: &Control,
    actor: &Actor,
    project: &str,
    input: Update,
) -> Result<ProjectView, Error> {
    let act = control.act(actor, Operation::ProjectUpdate).await?;
    let old = control.store.project(project).await?;
    let new = changed(&old, &input)?;
    let changes = difference(&old, &new);
    if changes.is_empty() {
        return Ok(old.into());
    }
    if new.four_eyes && !old.four_eyes {
        check_there_are_two(control, Some(old.id)).await?;
    }
    if old.four_eyes && !new.four_eyes {
        act.check_fresh()?;
        let words = vec![
            format!("The project {} gives four eyes up: one operator is enough", old.name),
            format!("Its keys should be rotated after {} days", new.rotate_after_days),
        ];
        let asked = Asked::ProjectUpdate { project: old.id.to_string(), input };
        control.check_consent(actor, &old, words, asked).await?;
    }
    let recorded = act.record(old.id, json!({ "changed": changes })).await?;
    recorded.carry_out(control.store.update_project(&new)).await?;
    Ok(new.into())
}

fn changed(old: &Project, input: &Update) -> Result<Project, Error> {
    let rotate_after_days = input.rotate_after_days.unwrap_or(old.rotate_after_days);
    check_rotation(rotate_after_days)?;
    Ok(Project { rotate_after_days, four_eyes: input.four_eyes.unwrap_or(old.four_eyes), ..old.clone() })
}

fn difference(old: &Project, new: &Project) -> Map<String, Value> {
    let (mut changes, both) =
        (Map::new(), |before: Value, after: Value| json!({ "before": before, "after": after }));
    if old.rotate_after_days != new.rotate_after_days {
        let changed = both(old.rotate_after_days.into(), new.rotate_after_days.into());
        changes.insert("rotate_after_days".to_owned(), changed);
    }
    if old.four_eyes != new.four_eyes {
        changes.insert("four_eyes".to_owned(), both(old.four_eyes.into(), new.four_eyes.into()));
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    async fn updated(fixture: &Fixture, days: u16) -> Result<u16, Code> {
        let input = Update { rotate_after_days: Some(days), four_eyes: None };
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
