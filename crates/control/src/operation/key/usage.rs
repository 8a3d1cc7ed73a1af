//! `key usage`: when, from where and for what a key was used, and why it was refused.

use keyward_policy::{Actor, KeyId, Operation};
use serde::Serialize;
use utoipa::ToSchema;

use super::find;
use crate::usage::{Hour, KeyUsage};
use crate::{Control, Error};

/// What a key did, as far as the audit log has been read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UsageOfKey)]
pub struct Used {
    /// The key's id.
    #[schema(value_type = String)]
    pub id: KeyId,
    /// Its name.
    pub name: String,
    /// What it did.
    #[serde(flatten)]
    pub usage: KeyUsage,
    /// The last two days by the hour.
    pub hours: Vec<Hour>,
    /// Entries of the audit log that are not counted yet.
    pub behind: u64,
}

/// Looks at what a key did.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; `store_unavailable`.
pub async fn usage(control: &Control, actor: &Actor, key: &str) -> Result<Used, Error> {
    control.view(actor, Operation::KeyUsage)?;
    let key = find(control, actor, key).await?;
    let usage = control.usage.of(key.id);
    let hours = usage.hours.until(control.now());
    Ok(Used { id: key.id, name: key.name, usage, hours, behind: control.unread() })
}
