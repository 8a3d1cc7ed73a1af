//! `consent refuse`: what was asked for is not done. Who asked takes it back in the same way.

use keyward_policy::{Actor, Operation};
use serde_json::json;

use super::{ConsentView, find, unknown};
use crate::{Control, Error};

/// Takes away what was asked for, agreed to or not.
///
/// # Errors
/// `consent_unknown`; and those of every change.
pub async fn refuse(control: &Control, actor: &Actor, id: &str) -> Result<ConsentView, Error> {
    let act = control.act(actor, Operation::ConsentRefuse).await?;
    let consent = find(control, actor, id).await?;
    let details = json!({ "asked_by": consent.asked_by, "given_by": consent.given_by });
    let recorded = act.record(consent.id, details).await?;
    if !recorded.carry_out(control.store.take_consent(consent.id)).await? {
        return Err(unknown(id));
    }
    ConsentView::of(consent)
}
