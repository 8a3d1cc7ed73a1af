//! Beginning a session.

use keyward_policy::{Operator, Sealed};
use keyward_store::Session as Kept;
use keyward_vault::Secret;

use super::{BOUND_TO, IDLE_FOR, LASTS, SignedIn};
use crate::people::{Bearer, Caller, bearer_key};
use crate::{Control, Error};

/// What an operator has shown beside his password.
#[derive(Clone, Copy)]
pub(in crate::operation) enum Proved<'s> {
    /// Nothing, for he has nothing yet.
    Nothing,
    /// His device, which has this secret. It is kept under what the browser holds, so that he can show it again without his
    /// password.
    Device(&'s Secret),
    /// A passkey, or a recovery code where he has no device.
    WithoutDevice,
}

/// Begins a session of an operator who has proved who he is.
pub(in crate::operation) async fn start(
    control: &Control,
    caller: &Caller,
    operator: &Operator,
    proved: Proved<'_>,
) -> Result<SignedIn, Error> {
    let (bearer, now) = (Bearer::new("", &*control.entropy), control.now());
    let sealed = match proved {
        Proved::Device(secret) => {
            bearer_key(bearer.shown.text())?.seal(BOUND_TO, secret.expose(), &*control.entropy)?
        }
        Proved::Nothing | Proved::WithoutDevice => Sealed::from_bytes([]),
    };
    let is_enrolled = !matches!(proved, Proved::Nothing);
    control.store.forget_sessions(now - IDLE_FOR, now - LASTS).await?;
    let session = Kept {
        digest: bearer.digest,
        operator: operator.id,
        address: caller.address.to_string(),
        agent: caller.agent.clone(),
        created_at: now,
        seen_at: now,
        fresh_at: is_enrolled.then_some(now),
        sealed,
    };
    control.store.add_session(&session).await?;
    Ok(SignedIn { session: bearer.shown, is_enrolled })
}
