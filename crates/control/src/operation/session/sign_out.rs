//! Signing out.

use serde_json::Value;

use super::Session;
use crate::{Control, Error};

/// Ends this session.
///
/// # Errors
/// `store_unavailable`.
pub async fn sign_out(control: &Control, session: &Session) -> Result<(), Error> {
    control.store.end_session(session.operator.id, &session.digest).await?;
    control.note_of(&session.himself(), "session sign-out", Value::Null);
    Ok(())
}
