//! `project remove`.

use keyward_policy::{Actor, Operation};
use serde_json::json;

use crate::{Control, Error, Removed};

/// Removes a project that owns no key.
///
/// # Errors
/// `project_unknown`, `in_use`; and those of every change.
pub async fn remove(control: &Control, actor: &Actor, project: &str) -> Result<Removed, Error> {
    let act = control.act(actor, Operation::ProjectRemove).await?;
    let project = control.store.project(project).await?;
    let recorded = act.record(project.id, json!({ "name": project.name })).await?;
    recorded.carry_out(control.store.remove_project(project.id)).await?;
    Ok(Removed { id: project.id.to_string(), name: project.name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;

    #[tokio::test]
    async fn only_a_project_without_keys_goes() {
        let fixture = Fixture::new().await;
        fixture.trading_key("bot").await; // of the project "bots"
        let gone = async |project| {
            remove(&fixture.control, &fixture.actor, project).await.map_err(|error| error.code())
        };
        assert_eq!(gone("bots").await.unwrap_err(), Code::InUse);
        fixture.project("empty").await;
        assert_eq!(gone("empty").await.unwrap().name, "empty");
        assert_eq!(gone("empty").await.unwrap_err(), Code::ProjectUnknown);
    }
}
