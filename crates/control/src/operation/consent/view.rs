//! A consent as operators see it.

use jiff::Timestamp;
use keyward_policy::{ConsentId, ProjectId};
use keyward_store::Consent;
use serde::Serialize;
use utoipa::ToSchema;

use super::Asked;
use crate::Error;

/// A change that waits for a second operator, or for the first one once the second has agreed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentView {
    /// Its id.
    #[schema(value_type = String)]
    pub id: ConsentId,
    /// The operation that is asked for, such as `key create`.
    pub operation: &'static str,
    /// The id of the project that asks for two.
    #[schema(value_type = String)]
    pub project: ProjectId,
    /// What would change, in sentences.
    pub words: Vec<String>,
    /// Who asked.
    pub asked_by: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub asked_at: Timestamp,
    /// Until when it may be agreed to, and carried out.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Who agreed; null while it waits.
    pub given_by: Option<String>,
}

impl ConsentView {
    pub(super) fn of(consent: Consent) -> Result<Self, Error> {
        Ok(Self {
            id: consent.id,
            operation: Asked::read(&consent.asked)?.operation().name(),
            project: consent.project,
            words: consent.words.lines().map(ToOwned::to_owned).collect(),
            asked_by: consent.asked_by,
            asked_at: consent.asked_at,
            expires_at: consent.expires_at,
            given_by: consent.given_by,
        })
    }
}
