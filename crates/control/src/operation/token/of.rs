//! By what authority a program acts that shows a token.

use jiff::SignedDuration;
use keyward_policy::{Actor, Authority};

use crate::people::{Caller, digest};
use crate::{Code, Control, Error};

/// How often it is noted that a token is used.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// Who acts with this token.
///
/// # Errors
/// `token_refused`, `too_many_attempts`; `store_unavailable`.
pub async fn of(control: &Control, caller: &Caller, shown: &str) -> Result<Actor, Error> {
    let now = control.now();
    let token = control.store.token_of(&digest(shown)).await?;
    let token = token.filter(|token| token.expires_at > now && token.addresses.check(caller.address).is_ok());
    let Some(token) = token else {
        control.attempts.begin(caller, "token", now)?;
        return Err(Error::new(
            Code::TokenRefused,
            "this token is unknown, has expired, or is bound to other addresses",
        ));
    };
    if token.used_at.is_none_or(|used| now.duration_since(used) > NOTED_EVERY) {
        control.store.use_token(token.id, now).await?;
    }
    let authority = Authority::Operator { role: token.role, is_fresh: false };
    Ok(Actor { name: token.name, via: "token", authority })
}
