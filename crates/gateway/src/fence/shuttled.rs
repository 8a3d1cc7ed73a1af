//! The fence's own code, with the real directory behind it, under a scheduler that decides which thread runs next: every
//! order of a small case, many random orders of a larger one.

use std::sync::Arc;

use keyward_policy::{Change, KeyState, RequestId};
use shuttle::scheduler::DfsScheduler;
use shuttle::sync::Mutex;
use shuttle::{Config, Runner, thread};

use super::*;
use crate::directory::Directory;
use crate::directory::tests::key;
use crate::fixture::{empty_vault, sending};

impl<T> Lock<T> for Mutex<T> {
    fn new(value: T) -> Self {
        Self::new(value)
    }

    fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        work(&mut self.lock().unwrap())
    }
}

type Checked = Mutex<Sendings>;

/// One key, and the answer of its revocation, once it has returned.
struct World {
    fence: Fence<Checked>,
    directory: Directory,
    revoked: Mutex<Option<Vec<RequestId>>>,
}

/// How a send begins.
#[derive(Clone, Copy)]
enum How {
    /// At the fence, as the product does.
    AtTheFence,
    /// The mistake that the fence is there against: look, then send.
    LookedBefore,
}

impl World {
    fn new() -> Arc<Self> {
        let world = Self {
            fence: Fence::default(),
            directory: Directory::new(empty_vault()),
            revoked: Mutex::new(None),
        };
        world.directory.apply(Change::Key(Box::new(key(1, KeyState::Active))));
        Arc::new(world)
    }

    /// Changes the state, then asks what is on the wire: as `Gateway::apply` does.
    fn revoke(&self) {
        self.directory.apply(Change::Key(Box::new(key(2, KeyState::Revoked))));
        let on_wire = self.fence.on_wire(|sending| Some(sending.request));
        *self.revoked.lock().unwrap() = Some(on_wire);
    }

    fn send(&self, gate: &Arc<Gate<Checked>>, number: u8, how: How) {
        let request = RequestId::from_entropy([number; 16]);
        let sending = Sending { request, ..sending(None) };
        let found = self.directory.key("kwk1").unwrap();
        let may = || self.directory.still_usable(&found, "kwk1", jiff::Timestamp::UNIX_EPOCH);
        let started = match how {
            How::AtTheFence => gate.start(sending, may),
            How::LookedBefore => {
                let looked = may();
                thread::yield_now();
                gate.start(sending, || looked)
            }
        };
        if started.is_ok() {
            self.deliver(request);
        }
    }

    /// The exchange gets the request now. If the revocation has returned, its answer must name it.
    fn deliver(&self, request: RequestId) {
        if let Some(on_wire) = &*self.revoked.lock().unwrap() {
            assert!(
                on_wire.contains(&request),
                "sent after the revocation had returned, and not on its list"
            );
        }
    }
}

/// Workers that send so many requests each, one after the other, and one revocation beside them.
fn race(workers: u8, each: u8, how: How) {
    let world = World::new();
    let work = |worker: u8| {
        let (world, gate) = (world.clone(), world.fence.gate());
        thread::spawn(move || (0..each).for_each(|number| world.send(&gate, worker * each + number, how)))
    };
    let mut threads: Vec<_> = (0..workers).map(work).collect();
    let operator = world.clone();
    threads.push(thread::spawn(move || operator.revoke()));
    threads.into_iter().for_each(|one| one.join().unwrap());
    assert!(world.fence.on_wire(|_| Some(())).is_empty(), "what is answered is off the list");
}

/// Runs a case in every order that its threads can take, and says how many there are.
fn every_order(case: impl Fn() + Send + Sync + 'static) -> usize {
    Runner::new(DfsScheduler::new(None, false), Config::default()).run(case)
}

#[test]
fn no_order_of_a_send_and_a_revocation_lets_it_start_unseen() {
    let orders = every_order(|| race(1, 1, How::AtTheFence));
    assert!(orders > 1000, "{orders} orders are not all there are");
}

#[test]
fn no_random_order_of_many_sends_lets_one_start_unseen() {
    shuttle::check_random(|| race(3, 2, How::AtTheFence), 2_000);
}

#[test]
#[should_panic(expected = "sent after the revocation had returned, and not on its list")]
fn looking_first_and_sending_later_is_caught_by_the_same_test() {
    every_order(|| race(1, 1, How::LookedBefore));
}
