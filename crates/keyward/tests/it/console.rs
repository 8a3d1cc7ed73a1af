//! The console in a real browser, on what a newcomer has: a server, a vault, an exchange, and nothing else.

use std::process::Command;

use serde_json::json;

use crate::world::{Setup, World};

/// The tour: it says whatever is wrong on the way, and fails in the end.
const TOUR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/console/tour.mjs");

#[test]
fn tour_from_the_first_run_to_the_kill_switch() {
    let world = World::with(Setup { furnished: false, ..Setup::BINANCE });
    let desk = world.sandbox.account("desk");
    let surroundings = json!({
        "bin": env!("CARGO_BIN_EXE_keyward"),
        "data": world.data.path(),
        "gateway": format!("http://{}", world.server.gateway),
        // A passkey belongs to a name, never to an address.
        "control": format!("http://{}", world.server.control.replace("127.0.0.1", "localhost")),
        "exchange": { "url": world.sandbox.url, "api_key": desk.api_key, "secret": desk.secret },
    });
    let toured = Command::new("node").arg(TOUR).arg(surroundings.to_string()).status();
    assert!(toured.expect("node is needed: run `cargo xtask test`").success(), "see what the tour says");
}
