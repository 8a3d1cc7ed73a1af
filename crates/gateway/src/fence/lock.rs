//! The lock of a gate, so that the same code runs on the product's locks and on those of the model checker.

use parking_lot::Mutex;

/// A value that one thread at a time works on.
pub(crate) trait Lock<T> {
    /// Holds the value.
    fn new(value: T) -> Self;

    /// Works on the value, alone.
    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R;
}

impl<T> Lock<T> for Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.lock())
    }
}
