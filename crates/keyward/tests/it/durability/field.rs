//! A server with one key on the counting exchange, and orders with ids to follow them by.

use std::fs;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::exchange::Exchange;
use super::log::Log;
use crate::wire::{Reply, Wire};
use crate::world::{Issued, Setup, World};

/// Long enough for anything that a test waits for; nothing waits that long unless it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server, an exchange, a key.
pub(super) struct Field {
    pub(super) world: World,
    pub(super) exchange: Exchange,
    pub(super) key: Issued,
}

/// Waits until something is so.
#[track_caller]
pub(super) fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        sleep(Duration::from_millis(5));
    }
}

impl Field {
    pub(super) fn new() -> Self {
        Self::with(Setup::default())
    }

    pub(super) fn with(setup: Setup) -> Self {
        let (world, exchange) = (World::with(setup), Exchange::start());
        let venue = ["venue", "add", "counted", "--dialect", "binance", "--url", &exchange.url];
        world.operate(&venue);
        fs::write(world.path("secret"), "a-secret-of-the-counting-exchange").unwrap();
        let secret = world.path("secret");
        let add = ["credential", "add", "counted", "--venue", "counted", "--api-key", "COUNTED"];
        world.operate(&[&add[..], &["--secret-file", &secret]].concat());
        fs::remove_file(secret).unwrap();
        let key = world.key_on("counted", "bot", &["--allow", "read,trade"]);
        Self { world, exchange, key }
    }

    /// An order that can be found again.
    pub(super) fn order(&self, id: &str) -> Wire {
        let terms = "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=60000&timeInForce=GTC";
        Wire::signed(&self.key, "POST", "/api/v3/order", &format!("{terms}&newClientOrderId={id}"))
    }

    /// Sends an order and waits for the answer.
    pub(super) fn send(&self, id: &str) -> Reply {
        self.order(id).send_under(&self.world.server.gateway, "/counted")
    }

    /// Asks for the balances.
    pub(super) fn read(&self) -> Reply {
        let read = Wire::signed(&self.key, "GET", "/api/v3/account", "");
        read.send_under(&self.world.server.gateway, "/counted")
    }

    pub(super) fn audit(&self) -> PathBuf {
        self.world.data.path().join("audit")
    }

    /// The audit log as it is now.
    pub(super) fn log(&self) -> Log {
        let mut log = Log::default();
        log.read_on(&self.audit());
        log
    }

    /// Starts the server anew, however it ended, and checks what holds after every end: the log verifies, and what was
    /// on its way is reported as unknown, by the log and to the operator, and is not sent again.
    pub(super) fn restart(&mut self) -> Log {
        self.world.server.kill();
        let before = self.exchange.arrived();
        self.world.serve();
        let log = self.log();
        self.world.operate(&["audit", "verify"]);
        log.assert_every_intent_has_one_outcome();
        assert_eq!(self.exchange.arrived(), before, "something was sent at start");
        log
    }
}
