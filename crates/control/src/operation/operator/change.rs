//! `operator role`, `suspend`, `resume` and `remove`: what an operator is, and whether he may sign in.

use keyward_policy::{Actor, Operation, Operator, OperatorState, Reach, Role};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{OperatorView, outranks};
use crate::{Control, Error, Removed, reach};

/// What an operator is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetRole {
    /// `owner`, `administrator`, `trader`, `auditor` or `viewer`.
    pub role: String,
    /// The only projects in which he is that, by name or id, for a trader or a viewer; an empty list means everywhere. Left
    /// out, they stay as they are.
    #[serde(default)]
    pub projects: Option<Vec<String>>,
}

/// Gives an operator another role, or the same in other projects; his sessions end.
///
/// # Errors
/// `operator_unknown`, `role_invalid`, `role_lacks_right`, `project_unknown`, `too_many`, `in_use` for the last owner; and
/// those of every change.
pub async fn set_role(
    control: &Control,
    actor: &Actor,
    name: &str,
    input: SetRole,
) -> Result<OperatorView, Error> {
    let role: Role = input.role.parse()?;
    let reach = match &input.projects {
        Some(projects) => Some(reach::read(&control.store, role, projects).await?),
        None => (!role.can_be_bound()).then_some(Reach::Everywhere),
    };
    let how = |operator: Operator| {
        let reach = reach.unwrap_or(operator.reach);
        Operator { role, reach, ..operator }
    };
    change(control, actor, Operation::OperatorRole, name, how).await
}

/// Keeps an operator from signing in; his sessions end.
///
/// # Errors
/// As [`set_role`].
pub async fn suspend(control: &Control, actor: &Actor, name: &str) -> Result<OperatorView, Error> {
    let state = OperatorState::Suspended;
    change(control, actor, Operation::OperatorSuspend, name, |operator| Operator { state, ..operator }).await
}

/// Lets him sign in again.
///
/// # Errors
/// As [`set_role`].
pub async fn resume(control: &Control, actor: &Actor, name: &str) -> Result<OperatorView, Error> {
    let state = OperatorState::Active;
    change(control, actor, Operation::OperatorResume, name, |operator| Operator { state, ..operator }).await
}

async fn change(
    control: &Control,
    actor: &Actor,
    operation: Operation,
    name: &str,
    how: impl FnOnce(Operator) -> Operator,
) -> Result<OperatorView, Error> {
    let act = control.act(actor, operation).await?;
    let before = control.store.operator(name).await?;
    let after = how(before.clone());
    outranks(actor, &[before.role, after.role]).map_err(|error| act.refused(&before.name, error))?;
    let view = OperatorView::one(control, after.clone()).await?;
    let details = json!({
        "role": view.role, "projects": after.reach, "state": view.state,
        "role_before": before.role, "projects_before": before.reach,
    });
    let recorded = act.record(view.id, details).await?;
    recorded.carry_out(control.store.set_operator(&after)).await?;
    Ok(view)
}

/// Removes an operator with his password, device and sessions.
///
/// # Errors
/// As [`set_role`].
pub async fn remove(control: &Control, actor: &Actor, name: &str) -> Result<Removed, Error> {
    let act = control.act(actor, Operation::OperatorRemove).await?;
    let operator = control.store.operator(name).await?;
    outranks(actor, &[operator.role]).map_err(|error| act.refused(&operator.name, error))?;
    let recorded = act.record(operator.id, json!({ "name": operator.name })).await?;
    recorded.carry_out(control.store.remove_operator(operator.id)).await?;
    Ok(Removed { id: operator.id.to_string(), name: operator.name })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Code;
    use crate::fixture::Fixture;
    use crate::fixture::people::Person;
    use crate::operation::session::of;

    #[tokio::test]
    async fn whoever_is_suspended_is_out_at_once() {
        let fixture = Fixture::new().await;
        let bob = Person::enrolled(&fixture, "bob", "trader").await;
        let shown = bob.sign_in(&fixture).await.unwrap().session;
        suspend(&fixture.control, &fixture.actor, "bob").await.unwrap();
        let over = of(&fixture.control, shown.text(), "console").await.err();
        assert_eq!(over.map(|error| error.code()), Some(Code::SessionOver));
        fixture.pass_s(30);
        assert_eq!(bob.sign_in(&fixture).await.err().map(|error| error.code()), Some(Code::SignInRefused));
        resume(&fixture.control, &fixture.actor, "bob").await.unwrap();
        fixture.pass_s(30);
        assert!(bob.sign_in(&fixture).await.is_ok());
    }

    #[tokio::test]
    async fn a_role_is_bound_to_projects_until_somebody_says_otherwise() {
        let fixture = Fixture::new().await;
        fixture.project("bots").await;
        Person::enrolled(&fixture, "bob", "trader").await;
        let set = async |role: &str, projects: Option<&[&str]>| {
            let projects = projects.map(|names| names.iter().map(|&name| name.to_owned()).collect());
            let input = SetRole { role: role.to_owned(), projects };
            let set = set_role(&fixture.control, &fixture.actor, "bob", input).await;
            set.map(|bob| bob.projects).map_err(|error| error.code())
        };
        let bots = || Ok(vec!["bots".to_owned()]);
        assert_eq!(set("trader", Some(&["bots"])).await, bots());
        assert_eq!(set("viewer", None).await, bots(), "what is not said stays");
        assert_eq!(set("auditor", Some(&["bots"])).await, Err(Code::RoleInvalid));
        assert_eq!(set("trader", Some(&["none"])).await, Err(Code::ProjectUnknown));
        assert_eq!(set("trader", Some(&[])).await, Ok(vec![]));
        set("trader", Some(&["bots"])).await.unwrap();
        assert_eq!(set("administrator", None).await, Ok(vec![]), "what it is about lies in no project");
    }

    #[tokio::test]
    async fn nobody_rises_by_himself_and_the_last_owner_stays() {
        let fixture = Fixture::new().await;
        Person::enrolled(&fixture, "ada", "owner").await;
        let bob = Person::enrolled(&fixture, "bob", "administrator").await.actor(&fixture).await;
        let owner = SetRole { role: "owner".to_owned(), projects: None };
        let risen = set_role(&fixture.control, &bob, "bob", owner).await.unwrap_err();
        assert_eq!(risen.code(), Code::RoleLacksRight);
        assert_eq!(suspend(&fixture.control, &bob, "ada").await.unwrap_err().code(), Code::RoleLacksRight);
        assert_eq!(remove(&fixture.control, &fixture.actor, "ada").await.unwrap_err().code(), Code::InUse);
    }
}
