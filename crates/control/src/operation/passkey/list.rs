//! `passkey list`: one's own.

use jiff::Timestamp;
use keyward_policy::Operation;
use serde::Serialize;
use utoipa::ToSchema;

use crate::operation::session::Session;
use crate::{Control, Error};

/// A passkey as its operator sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasskeyView {
    /// What its authenticator calls it.
    pub id: String,
    /// What he calls it.
    pub name: String,
    /// When it was added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last used.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub used_at: Option<Timestamp>,
}

/// The operator's own passkeys, the oldest first.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, session: &Session) -> Result<Vec<PasskeyView>, Error> {
    control.view(&session.himself(), Operation::PasskeyList)?;
    let kept = control.store.passkeys(session.operator.id).await?;
    let view = |kept: keyward_store::Passkey| PasskeyView {
        id: kept.id,
        name: kept.name,
        created_at: kept.created_at,
        used_at: kept.used_at,
    };
    Ok(kept.into_iter().map(view).collect())
}
