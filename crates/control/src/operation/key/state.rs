//! Changing a key's state.

use keyward_policy::{Actor, Change, Key, KeyState, TransitionError};
use serde_json::json;

use super::{KeyView, find};
use crate::{Control, Error};

/// Moves a key to another state; a key that is in it already is left alone.
pub(super) async fn change(
    control: &Control,
    actor: &Actor,
    operation: &'static str,
    key: &str,
    transition: fn(KeyState) -> Result<KeyState, TransitionError>,
) -> Result<KeyView, Error> {
    let act = control.act(actor, operation).await;
    let old = find(control, key).await?;
    let state = transition(old.state)?;
    if state == old.state {
        return KeyView::one(control, old).await;
    }
    let key = Key { state, revision: old.revision + 1, ..old };
    let recorded = act.record(key.id, json!({ "state": key.state, "revision": key.revision })).await?;
    recorded.carry_out(control.store.update_key(&key)).await?;
    control.publish(Change::Key(Box::new(key.clone())));
    KeyView::one(control, key).await
}
