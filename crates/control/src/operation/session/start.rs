//! Beginning a session.

use keyward_policy::{Operator, Sealed};
use keyward_store::Session as Kept;
use keyward_vault::Secret;

use super::{BOUND_TO, IDLE_FOR, LASTS, SignedIn};
use crate::people::{Bearer, Caller, bearer_key};
use crate::{Control, Error};

/// Begins a session of an operator who has proved who he is. `device` is the secret of his device, where he has shown
/// it; it is kept under what the browser holds, so that he can show it again without his password.
pub(in crate::operation) async fn start(
    control: &Control,
    caller: &Caller,
    operator: &Operator,
    device: Option<&Secret>,
) -> Result<SignedIn, Error> {
    let (bearer, now) = (Bearer::new("", &*control.entropy), control.now());
    let sealed = match device {
        Some(secret) => {
            bearer_key(bearer.shown.text())?.seal(BOUND_TO, secret.expose(), &*control.entropy)?
        }
        None => Sealed::from_bytes([]),
    };
    control.store.forget_sessions(now - IDLE_FOR, now - LASTS).await?;
    let session = Kept {
        digest: bearer.digest,
        operator: operator.id,
        address: caller.address.to_string(),
        agent: caller.agent.clone(),
        created_at: now,
        seen_at: now,
        fresh_at: device.map(|_| now),
        sealed,
    };
    control.store.add_session(&session).await?;
    Ok(SignedIn { session: bearer.shown, is_enrolled: device.is_some() })
}
