//! Nonces for the gateway, out of the database: reserved on this process's own runtime, never on the gateway's threads.

use keyward_gateway::{CannotReserve, ReserveNonces, Reserving, Wanted};
use keyward_store::Store;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// Reserves in the database.
pub(super) struct FromStore {
    pub(super) store: Store,
    /// Where the database's connections live.
    pub(super) runtime: Handle,
}

impl ReserveNonces for FromStore {
    fn reserve(&self, wanted: Wanted) -> Reserving {
        let (answer, coming) = oneshot::channel();
        let store = self.store.clone();
        self.runtime.spawn(async move {
            let Wanted { dialect, api_key, through, at_least } = wanted;
            let reserved = store.reserve_nonces(dialect, &api_key, through, at_least).await;
            // Who asked may be gone; then the block is lost, which costs nothing but numbers.
            let _ = answer.send(reserved.map_err(|error| CannotReserve(error.to_string())));
        });
        coming
    }
}
