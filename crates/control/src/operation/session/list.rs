//! `session list`: where one has signed in.

use jiff::Timestamp;
use keyward_policy::Operation;
use serde::Serialize;
use utoipa::ToSchema;

use super::Session;
use crate::{Control, Error};

/// How much of a session's digest names it.
pub(super) const ID_CHARACTERS: usize = 16;

/// A session as its operator sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionView {
    /// What names it.
    pub id: String,
    /// From where it was begun.
    pub address: String,
    /// What the browser called itself.
    pub agent: String,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    #[schema(value_type = String, format = DateTime)]
    pub seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// The operator's own sessions, the latest used first.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, session: &Session) -> Result<Vec<SessionView>, Error> {
    control.view(&session.himself(), Operation::SessionList)?;
    let kept = control.store.sessions(session.operator.id).await?;
    let view = |kept: keyward_store::Session| SessionView {
        is_this: kept.digest == session.digest,
        id: kept.digest.chars().take(ID_CHARACTERS).collect(),
        address: kept.address,
        agent: kept.agent,
        created_at: kept.created_at,
        seen_at: kept.seen_at,
    };
    Ok(kept.into_iter().map(view).collect())
}
