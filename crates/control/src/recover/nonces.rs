//! The nonces of a restored state: nobody knows which were used since it was made, so they jump ahead.

use jiff::{SignedDuration, Timestamp};
use keyward_store::Store;

use crate::Error;

/// How far they jump ahead of the clock: far past the minute that Keyward itself is ever ahead of it, and past a clock that
/// was wrong by hours when they were used. An exchange asks only that they rise.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Lets the nonces of every real key jump.
///
/// # Errors
/// `store_unavailable`.
pub(super) async fn jump(store: &Store, now: Timestamp) -> Result<(), Error> {
    let then = now.checked_add(AHEAD).unwrap_or(Timestamp::MAX);
    let then_us = u64::try_from(then.as_microsecond()).unwrap_or_default();
    let above = |dialect: &str| keyward_dialect::named(dialect)?.nonce_at(then_us);
    let jumped = store.jump_nonces(above).await?;
    tracing::info!(real_keys = jumped, "nonces jump ahead: it is not known which were used");
    Ok(())
}
