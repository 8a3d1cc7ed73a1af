//! Changing a key's state.

use keyward_policy::{Actor, Change, Key, KeyState, Operation, TransitionError};
use serde_json::json;

use super::wide::is_wide_key;
use super::{KeyView, find};
use crate::operation::consent::Asked;
use crate::{Control, Error, Stopped};

/// Moves a key to another state; a key that is in it already is left alone. What the new state forbids and was on the wire
/// is given back.
pub(super) async fn change(
    control: &Control,
    actor: &Actor,
    operation: Operation,
    key: &str,
    transition: fn(KeyState) -> Result<KeyState, TransitionError>,
) -> Result<Stopped<KeyView>, Error> {
    let act = control.act(actor, operation).await?;
    let old = find(control, actor, key).await?;
    let state = transition(old.state)?;
    if state == old.state {
        let on_wire = control.publish(Change::Key(Box::new(old.clone())));
        return Ok(Stopped::unchanged(KeyView::one(control, old).await?, on_wire));
    }
    if operation == Operation::KeyResume && is_wide_key(&old) {
        act.check_fresh()?;
        let project = control.store.project(&old.project.to_string()).await?;
        let words = vec![format!("The key {}, which was suspended, goes on", old.name)];
        let asked = Asked::KeyResume { key: old.id.to_string(), revision: old.revision };
        control.check_consent(actor, &project, words, asked).await?;
    }
    let key = Key { state, revision: old.revision + 1, ..old };
    let recorded = act.record(key.id, json!({ "state": key.state, "revision": key.revision })).await?;
    recorded.carry_out(control.store.update_key(&key)).await?;
    let on_wire = control.publish(Change::Key(Box::new(key.clone())));
    Ok(Stopped::new(&recorded, KeyView::one(control, key).await?, on_wire))
}
