//! Changing a key's state.

use keyward_policy::{Actor, Change, Key, KeyState, Operation, TransitionError};
use serde_json::json;

use super::{KeyView, find};
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
    let old = find(control, key).await?;
    let state = transition(old.state)?;
    if state == old.state {
        let on_wire = control.publish(Change::Key(Box::new(old.clone())));
        return Ok(Stopped::unchanged(KeyView::one(control, old).await?, on_wire));
    }
    let key = Key { state, revision: old.revision + 1, ..old };
    let recorded = act.record(key.id, json!({ "state": key.state, "revision": key.revision })).await?;
    recorded.carry_out(control.store.update_key(&key)).await?;
    let on_wire = control.publish(Change::Key(Box::new(key.clone())));
    Ok(Stopped::new(&recorded, KeyView::one(control, key).await?, on_wire))
}
