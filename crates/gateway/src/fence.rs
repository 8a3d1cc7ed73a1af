//! The fence: when a revocation, a suspension, a removal, a kill or a sealing returns, no new send starts any more.
//!
//! Looking first and sending later leaves a gap between the two. So a send starts in one step under a lock: it looks
//! whether it still may, and is put on the list of what is on the wire. Whoever forbids something changes the state
//! first and then takes the same lock to read the list. A send that came before him is on his list; one that comes
//! after him sees what he changed.
//!
//! The lock is cut into gates, one for each worker: a worker's own thread finds its gate's lock free unless an operator
//! is reading the list.

mod forbidden;
mod lock;
mod sending;
#[cfg(test)]
mod shuttled;

use std::sync::Arc;

use parking_lot::Mutex;
use slab::Slab;

pub(crate) use self::forbidden::Forbidden;
pub(crate) use self::lock::Lock;
pub(crate) use self::sending::{Place, Sending};

/// What one worker has on the wire. It is as long as the worker serves requests at once.
type Sendings = Slab<Sending>;

/// Every gate there is.
#[derive(Default)]
pub(crate) struct Fence<L = Mutex<Sendings>> {
    gates: Mutex<Vec<Arc<Gate<L>>>>,
}

/// Where one worker starts its sends.
pub(crate) struct Gate<L = Mutex<Sendings>>(L);

/// The proof that a send was started at the fence, and its place on the list until this is dropped: when the answer
/// begins, when it fails, or when the client hangs up.
#[must_use = "a send that is not on the list is hidden from whoever revokes its key"]
pub(crate) struct Started<L: Lock<Sendings> = Mutex<Sendings>> {
    gate: Arc<Gate<L>>,
    place: usize,
}

impl<L: Lock<Sendings>> Fence<L> {
    /// A new gate. It is never taken away: there is one for each worker.
    pub(crate) fn gate(&self) -> Arc<Gate<L>> {
        let gate = Arc::new(Gate(L::new(Slab::new())));
        self.gates.lock().push(Arc::clone(&gate));
        gate
    }

    /// What is on the wire of those sends that are asked for. Call it after the state has changed: what then starts has
    /// seen the change.
    pub(crate) fn on_wire<T>(&self, mut pick: impl FnMut(&Sending) -> Option<T>) -> Vec<T> {
        let gates = self.gates.lock().clone();
        let mut found = Vec::new();
        for gate in gates {
            gate.0.with(|sendings| found.extend(sendings.iter().filter_map(|(_, sending)| pick(sending))));
        }
        found
    }
}

impl<L: Lock<Sendings>> Gate<L> {
    /// Starts a send, unless what is in force now forbids it. Both happen in one step.
    ///
    /// # Errors
    /// What forbids it.
    pub(crate) fn start<E>(
        self: &Arc<Self>,
        sending: Sending,
        may: impl FnOnce() -> Result<(), E>,
    ) -> Result<Started<L>, E> {
        let place = self.0.with(|sendings| may().map(|()| sendings.insert(sending)))?;
        Ok(Started { gate: Arc::clone(self), place })
    }
}

impl<L: Lock<Sendings>> Drop for Started<L> {
    fn drop(&mut self) {
        // What it held is dropped outside of the lock.
        let _ended = self.gate.0.with(|sendings| sendings.try_remove(self.place));
    }
}
