//! `token revoke`.

use keyward_policy::{Actor, Operation};
use serde_json::json;

use crate::{Control, Error, Removed};

/// Ends a token.
///
/// # Errors
/// `token_unknown`; and those of every change.
pub async fn revoke(control: &Control, actor: &Actor, token: &str) -> Result<Removed, Error> {
    let act = control.act(actor, Operation::TokenRevoke).await?;
    let token = control.store.token(token).await?;
    let recorded = act.record(token.id, json!({ "name": token.name })).await?;
    recorded.carry_out(control.store.remove_token(token.id)).await?;
    Ok(Removed { id: token.id.to_string(), name: token.name })
}
