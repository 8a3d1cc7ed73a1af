//! `key hand-over`: whether the link to a key's secret was opened, when, and from where.

use jiff::Timestamp;
use keyward_policy::{Actor, Operation};
use keyward_store::HandOver;
use serde::Serialize;
use utoipa::ToSchema;

use crate::operation::key::find;
use crate::{Control, Error};

/// What became of a link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HandOver)]
pub struct HandOverView {
    /// Who made it.
    pub made_by: String,
    /// Until when it opens.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// When it was opened; null while it was not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_at: Option<Timestamp>,
    /// From which address.
    pub opened_from: Option<String>,
    /// When somebody opened it again, last: two have the link.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub opened_again_at: Option<Timestamp>,
    /// From which address.
    pub opened_again_from: Option<String>,
}

/// A key's link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KeyHandOver)]
pub struct Shown {
    /// What became of it; null where the secret was shown to who issued the key.
    pub hand_over: Option<HandOverView>,
}

/// Looks what became of the link to a key's secret.
///
/// # Errors
/// `key_unknown`, `key_ambiguous`; `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor, key: &str) -> Result<Shown, Error> {
    control.view(actor, Operation::KeyHandOver)?;
    let key = find(control, actor, key).await?;
    let link = control.store.hand_over_of(key.id).await?;
    Ok(Shown { hand_over: link.map(HandOverView::of) })
}

impl HandOverView {
    fn of(link: HandOver) -> Self {
        let (opened, tried) = (link.opened, link.tried);
        Self {
            made_by: link.made_by,
            expires_at: link.expires_at,
            opened_at: opened.as_ref().map(|one| one.at),
            opened_from: opened.map(|one| one.from),
            opened_again_at: tried.as_ref().map(|one| one.at),
            opened_again_from: tried.map(|one| one.from),
        }
    }
}
