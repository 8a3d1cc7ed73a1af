//! Nonces, strictly: a request of a key is taken only with a higher one than all before.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use parking_lot::Mutex;
use serde::Serialize;

use super::Failure;
use crate::exchange::Exchange;

/// The highest nonce of each key so far, and how many were taken and refused.
#[derive(Default)]
pub(crate) struct Nonces(Mutex<HashMap<String, Count>>);

/// What came with one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Count {
    taken: u64,
    refused: u64,
    highest: u64,
}

impl Nonces {
    /// Takes a nonce of a request whose signature was found sound: nobody else can raise it.
    ///
    /// # Errors
    /// It is not above all before.
    pub(super) fn take(&self, api_key: &str, nonce: u64) -> Result<(), Failure> {
        let mut keys = self.0.lock();
        let count = keys.entry(api_key.to_owned()).or_default();
        if nonce <= count.highest {
            count.refused += 1;
            return Err(Failure::new("EAPI:Invalid nonce"));
        }
        count.taken += 1;
        count.highest = nonce;
        Ok(())
    }
}

/// What came so far, by key.
pub(crate) async fn show(State(exchange): State<Arc<Exchange>>) -> Json<BTreeMap<String, Count>> {
    Json(exchange.nonces.0.lock().iter().map(|(key, count)| (key.clone(), *count)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_taken_once_and_only_above_all_before() {
        let nonces = Nonces::default();
        let taken = [5, 5, 4, 6].map(|nonce| nonces.take("key", nonce).is_ok());
        assert_eq!(taken, [true, false, false, true]);
        assert!(nonces.take("another", 1).is_ok());
        assert_eq!(nonces.0.lock()["key"], Count { taken: 2, refused: 2, highest: 6 });
    }
}
