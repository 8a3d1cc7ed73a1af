//! `consent give`: a second operator agrees.

use keyward_policy::{Actor, Authority, Operation};
use serde_json::json;

use super::{Asked, ConsentView, find, unknown};
use crate::{Code, Control, Error};

/// Agrees to what another operator asked for. It is done when that one carries it out, and not before.
///
/// # Errors
/// `consent_unknown`, `consent_own` for whoever asked, and for whoever works on the host, who is nobody in particular;
/// `consent_given`, `role_lacks_right` for whom the change itself is not allowed, `second_factor_needed`; and those of
/// every change.
pub async fn give(control: &Control, actor: &Actor, id: &str) -> Result<ConsentView, Error> {
    let act = control.act(actor, Operation::ConsentGive).await?;
    let consent = find(control, actor, id).await?;
    control.view(actor, Asked::read(&consent.asked)?.operation())?;
    let refused = if actor.authority == Authority::Host || actor.name == consent.asked_by {
        Some(Error::new(Code::ConsentOwn, "only another operator, who has signed in, can agree to this"))
    } else {
        let given = |by| Error::new(Code::ConsentGiven, format!("{by} has agreed to it already"));
        consent.given_by.as_ref().map(given)
    };
    if let Some(refused) = refused {
        let details = json!({ "refused": refused.code().as_str(), "consent": consent.id });
        control.note_of(actor, Operation::ConsentGive.name(), details);
        return Err(refused);
    }
    let words: Vec<_> = consent.words.lines().collect();
    let recorded = act.record(consent.id, json!({ "asked_by": consent.asked_by, "words": words })).await?;
    let given = control.store.give_consent(consent.id, &actor.name, control.now());
    if !recorded.carry_out(given).await? {
        return Err(unknown(id));
    }
    ConsentView::of(find(control, actor, id).await?)
}
