//! An operator as others see him.

use jiff::Timestamp;
use keyward_policy::{Operator, OperatorId, OperatorState, Role};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Control, Error, reach};

/// An operator.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Operator)]
pub struct OperatorView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: OperatorId,
    /// The name that he signs in with.
    pub name: String,
    /// What he is.
    #[schema(value_type = crate::api::openapi::Role)]
    pub role: Role,
    /// The names of the projects that his role is bound to; none means everywhere.
    pub projects: Vec<String>,
    /// What the firm's identity provider calls him; null where he is not linked to it.
    pub known_as: Option<String>,
    /// `active` or `suspended`.
    pub state: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl OperatorView {
    /// Shows one.
    pub(super) async fn one(control: &Control, operator: Operator) -> Result<Self, Error> {
        let projects = reach::names(&control.store, &operator.reach).await?;
        let identity = control.store.identity(operator.id).await?;
        let state = match operator.state {
            OperatorState::Active => "active",
            OperatorState::Suspended => "suspended",
        };
        let Operator { id, name, role, created_at, .. } = operator;
        let known_as = identity.map(|identity| identity.subject);
        Ok(Self { id, name, role, projects, known_as, state, created_at })
    }
}
