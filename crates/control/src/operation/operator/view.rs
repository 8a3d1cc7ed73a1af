//! An operator as others see him.

use jiff::Timestamp;
use keyward_policy::{Operator, OperatorId, OperatorState, Role};
use serde::Serialize;
use utoipa::ToSchema;

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
    /// `active` or `suspended`.
    pub state: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

impl From<Operator> for OperatorView {
    fn from(operator: Operator) -> Self {
        let state = match operator.state {
            OperatorState::Active => "active",
            OperatorState::Suspended => "suspended",
        };
        let Operator { id, name, role, created_at, .. } = operator;
        Self { id, name, role, state, created_at }
    }
}
