//! The console in a real browser, on what a newcomer has: a server, a vault, an exchange, and nothing else.

use std::fs;
use std::net::TcpListener;
use std::process::Command;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

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
    take(TOUR, &surroundings);
}

/// The tour of who comes by an identity provider, which it plays itself, with a library that is not ours.
const IDENTITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/console/identity.mjs");
/// What proves to the provider that it is Keyward who asks; with letters that have to be written in another way.
const SECRET: &str = "a secret: of/the+tests";

#[test]
fn tour_of_who_comes_by_an_identity_provider() {
    let files = tempfile::tempdir().unwrap();
    let secret = files.path().join("secret");
    fs::write(&secret, format!("{SECRET}\n")).unwrap();
    // Free a moment ago: the provider is named before it is there, and takes the port when Keyward runs.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let issuer = format!("http://127.0.0.1:{port}");
    let config = format!(
        "[control.oidc]\nissuer = '{issuer}'\nclient_id = 'keyward'\nname = 'Desk ID'\nclient_secret_file = '{}'\n",
        secret.display()
    );
    let world = World::with(Setup { furnished: false, config: config.leak(), ..Setup::BINANCE });
    let settings = world.operate(&["settings"])["items"].to_string();
    assert!(settings.contains(&issuer) && !settings.contains(SECRET), "{settings}");
    let surroundings = json!({
        "bin": env!("CARGO_BIN_EXE_keyward"),
        "data": world.data.path(),
        "control": format!("http://{}", world.server.control.replace("127.0.0.1", "localhost")),
        "provider": { "issuer": issuer, "secret": SECRET },
    });
    take(IDENTITY, &surroundings);
    let encoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let header = BASE64_STANDARD.encode(format!("keyward:{encoded}"));
    for secret in [SECRET, &encoded, &header] {
        assert!(!world.server.log().contains(secret), "the client's secret is in the log");
    }
}

fn take(tour: &str, surroundings: &Value) {
    let toured = Command::new("node").arg(tour).arg(surroundings.to_string()).status();
    assert!(toured.expect("node is needed: run `cargo xtask test`").success(), "see what the tour says");
}
