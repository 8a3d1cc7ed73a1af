//! Whether an entry that was found a moment ago is still the one in force, without another look-up.

use std::sync::atomic::{AtomicBool, Ordering};

/// Set once, when the entry that holds it gives way to another or goes: after the change is in force, and before it
/// returns, so that whoever takes a lock after that sees it.
#[derive(Default)]
pub(crate) struct Replaced(AtomicBool);

impl Replaced {
    pub(super) fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
