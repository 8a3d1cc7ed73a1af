//! Publishable keys: what a page may ask with one, what nobody may, and a real browser that tries both.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::wire::{Reply, Wire};
use crate::world::{Issued, Setup, World};

const PAGE: &str = "https://app.example";
const PRICE: &str = "/api/v3/ticker/price?symbol=BTCUSDT";
const ORDER: &str = "/api/v3/order?symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
/// The same at Kraken.
const TICKER: &str = "/0/public/Ticker?pair=XBTUSD";
/// Binance asks for a key here, and for no signature.
const PAIRS: &str = "/sapi/v1/margin/allPairs";

/// What a real browser does: it fails with what it says.
const BROWSER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/pages/fetch.mjs");

/// A publishable key; `more` are arguments of `keyward key create`.
fn publishable(world: &World, name: &str, more: &[&str]) -> Issued {
    let create = ["key", "create", name, "--project", "bots", "--publishable"];
    let created = world.operate(&[&create[..], more].concat());
    assert_eq!((&created["secret"], &created["permissions"]), (&Value::Null, &json!(["market"])));
    let text = |field: &str| created[field].as_str().unwrap().to_owned();
    Issued { id: text("id"), api_key: text("api_key"), secret: String::new() }
}

fn chart(world: &World) -> Issued {
    publishable(world, "chart", &["--venue", "binance", "--origin", PAGE])
}

fn asked(key: &Issued, method: &'static str, target: &str, origin: &str) -> Wire {
    let wire = Wire::bare(method, target).header("X-MBX-APIKEY", &key.api_key);
    if origin.is_empty() { wire } else { wire.header("Origin", origin) }
}

fn from_page(world: &World, key: &Issued, target: &str) -> Reply {
    asked(key, "GET", target, PAGE).send(&world.server.gateway)
}

/// Whether the page that asked may read the answer.
fn is_readable(reply: &Reply) -> bool {
    assert_eq!(reply.header("access-control-allow-credentials"), None, "{reply:?}");
    reply.header("access-control-allow-origin") == Some(PAGE)
}

#[test]
fn a_page_reads_prices_with_a_key_that_anybody_may_read() {
    let world = World::start();
    let key = chart(&world);
    assert!(key.api_key.starts_with("kwp"));
    let price = from_page(&world, &key, PRICE);
    assert_eq!((price.status, price.header("keyward-reason")), (200, None), "{price:?}");
    assert!(price.json()["price"].is_string() && is_readable(&price), "{price:?}");
    let elsewhere = asked(&key, "GET", PRICE, "https://evil.example").send(&world.server.gateway);
    assert_eq!((elsewhere.reason(), is_readable(&elsewhere)), ("origin_not_allowed", false), "{elsewhere:?}");
    let program = asked(&key, "GET", PRICE, "").send(&world.server.gateway);
    assert_eq!(program.reason(), "origin_missing", "though the venue asks nobody else for a key");
    let used = || world.operate(&["key", "usage", "chart"]);
    while used()["allowed"] != 1 || used()["refused"] != 2 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(used()["permissions"][0]["what"], "market");
}

#[test]
fn nothing_else_passes_and_the_page_can_read_why() {
    let world = World::start();
    let key = chart(&world);
    let signed = Wire::signed(&key, "GET", "/api/v3/account", "").header("Origin", PAGE);
    for wire in [asked(&key, "POST", ORDER, PAGE), asked(&key, "GET", "/api/v3/account", PAGE), signed] {
        let refused = wire.send(&world.server.gateway);
        assert_eq!((refused.reason(), is_readable(&refused)), ("publishable", true), "{refused:?}");
        assert!(refused.header("access-control-expose-headers").unwrap().contains("keyward-reason"));
    }
    assert_eq!(from_page(&world, &key, PAIRS).reason(), "publishable", "no real key stands behind it");
    let more = publishable(&world, "more", &["--credential", "desk", "--origin", PAGE]);
    assert_eq!(from_page(&world, &more, PAIRS).status, 200);
    assert_eq!(from_page(&world, &more, "/api/v3/account").reason(), "publishable");
    let secret = world.key("bot", &["--allow", "market,read"]);
    let account = Wire::signed(&secret, "GET", "/api/v3/account", "").header("Origin", PAGE);
    let account = account.send(&world.server.gateway);
    assert_eq!((account.status, is_readable(&account)), (200, false), "no page reads what a secret key got");
}

#[test]
fn a_browser_that_asks_first_is_told_for_the_origins_that_there_are() {
    let world = World::start();
    let ask = |origin: &str| {
        let wire = Wire::bare("OPTIONS", PRICE).header("Origin", origin);
        let wire = wire.header("Access-Control-Request-Method", "GET");
        wire.header("Access-Control-Request-Headers", "x-mbx-apikey").send(&world.server.gateway)
    };
    assert_eq!(ask(PAGE).reason(), "endpoint_unknown", "before there is such a key");
    let key = chart(&world);
    let told = ask(PAGE);
    assert_eq!((told.status, is_readable(&told), told.body.as_str()), (204, true, ""), "{told:?}");
    assert_eq!(told.header("access-control-allow-methods"), Some("GET"));
    assert!(told.header("access-control-allow-headers").unwrap().starts_with("x-mbx-apikey"));
    assert_eq!((told.header("vary"), told.header("access-control-max-age")), (Some("origin"), Some("600")));
    assert!(!is_readable(&ask("https://evil.example")));
    world.operate(&["key", "update", "chart", "--origin", "https://new.example"]);
    assert!(!is_readable(&ask(PAGE)));
    assert_eq!(from_page(&world, &key, PRICE).reason(), "origin_not_allowed");
}

#[test]
fn each_reader_has_a_rate_and_all_together_the_key_s() {
    let world = World::start();
    let rates = ["--rate", "60", "--burst", "5", "--address-rate", "30", "--address-burst", "3"];
    let more = [&["--venue", "binance", "--origin", PAGE][..], &rates].concat();
    let key = publishable(&world, "slow", &more);
    let limited = |from: &'static str| {
        let replies = (0..4).map(|_| asked(&key, "GET", PRICE, PAGE).from(from).send(&world.server.gateway));
        let refused: Vec<_> = replies.filter(|reply| reply.reason() == "rate_limited").collect();
        assert!(refused.iter().all(|reply| reply.status == 429 && is_readable(reply)), "{refused:?}");
        assert!(refused.iter().all(|reply| reply.header("retry-after").is_some()), "{refused:?}");
        refused.len()
    };
    assert_eq!(limited("127.0.0.1"), 1, "one of four in the same second");
    assert_eq!(limited("127.0.0.3"), 2, "another reader has his own, of the two that are left of the key's");
}

#[test]
fn it_stops_as_every_key_does() {
    let world = World::start();
    let key = chart(&world);
    let reason = || from_page(&world, &key, PRICE).reason().to_owned();
    world.operate(&["key", "suspend", "chart"]);
    assert_eq!(reason(), "key_suspended");
    world.operate(&["key", "resume", "chart"]);
    fs::write(world.path("kill"), format!("key {}", key.id)).unwrap();
    while reason() != "killed" {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    fs::remove_file(world.path("kill")).unwrap();
    world.operate(&["vault", "seal"]);
    while reason() == "killed" {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(from_page(&world, &key, PRICE).status, 200, "public data needs no secret");
    let rotated = world.operate(&["key", "rotate", "chart", "--overlap", "0s"]);
    assert_eq!(reason(), "key_expired");
    let new = Issued { api_key: rotated["api_key"].as_str().unwrap().to_owned(), ..key.clone() };
    assert_eq!(from_page(&world, &new, PRICE).status, 200);
    world.operate(&["kill", "--project", "bots"]);
    let revoked = from_page(&world, &new, PRICE);
    assert_eq!((revoked.reason(), is_readable(&revoked)), ("key_revoked", true), "{revoked:?}");
    for id in [&key.id, rotated["id"].as_str().unwrap()] {
        world.operate(&["key", "delete", id]);
    }
    let deleted = from_page(&world, &new, PRICE);
    assert_eq!((deleted.reason(), is_readable(&deleted)), ("key_unknown", false), "{deleted:?}");
}

#[test]
fn kraken_has_its_own_header_and_a_restart_changes_nothing() {
    let mut world = World::with(Setup { dialect: "kraken", ..Setup::BINANCE });
    let key = publishable(&world, "chart", &["--venue", "kraken", "--origin", PAGE]);
    let send =
        |world: &World, wire: Wire| wire.header("Origin", PAGE).send_under(&world.server.gateway, "/kraken");
    let keyed = |method, target: &str| Wire::bare(method, target).header("API-Key", &key.api_key);
    for _ in 0..2 {
        let ask = Wire::bare("OPTIONS", TICKER).header("Access-Control-Request-Method", "GET");
        let told = send(&world, ask);
        assert!(told.header("access-control-allow-headers").unwrap().starts_with("api-key"), "{told:?}");
        let ticker = send(&world, keyed("GET", TICKER));
        assert_eq!((ticker.status, ticker.json()["error"].clone()), (200, json!([])), "{ticker:?}");
        let balance = send(&world, keyed("POST", "/0/private/Balance"));
        assert_eq!((balance.reason(), is_readable(&balance)), ("publishable", true), "{balance:?}");
        world.server.signal("TERM");
        world.server.ended();
        world.serve();
    }
}

#[test]
fn no_command_and_no_file_makes_more_of_it() {
    let world = World::start();
    let refused = |args: &[&str]| {
        let output = world.run(args);
        assert!(!output.status.success(), "{args:?}");
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    };
    let create = ["key", "create", "more", "--project", "bots", "--venue", "binance", "--publishable"];
    let with = |more: &[&str]| refused(&[&create[..], more].concat());
    assert!(with(&["--origin", PAGE, "--allow", "market,trade"]).contains("publishable_invalid"));
    assert!(with(&["--origin", PAGE, "--type", "hmac"]).contains("--type"));
    assert!(with(&["--origin", "https://*.example"]).contains("wildcard"));
    assert!(with(&[]).contains("--origin"));
    chart(&world);
    assert!(refused(&["key", "update", "chart", "--allow", "read"]).contains("publishable_invalid"));
    assert!(refused(&["key", "update", "chart", "--ip", "10.0.0.1"]).contains("publishable_invalid"));
    let file = world.path("keyward-keys.toml");
    let exported = world.operate(&["export"])["toml"].as_str().unwrap().to_owned();
    assert!(exported.contains("type = \"publishable\"") && exported.contains(PAGE), "{exported}");
    fs::write(&file, exported.replace("\"market\"", "\"market\", \"withdraw\"")).unwrap();
    let said = refused(&["apply", "-f", &file, "--yes"]);
    assert!(said.contains("publishable_invalid"), "{said}");
    fs::write(&file, exported.replace(PAGE, "https://new.example")).unwrap();
    world.operate(&["apply", "-f", &file, "--yes"]);
    let shown = world.operate(&["key", "show", "chart"]);
    assert_eq!(
        (&shown["origins"], &shown["permissions"]),
        (&json!(["https://new.example"]), &json!(["market"]))
    );
}

#[test]
fn a_real_browser_fetches_in_a_page_of_its_origin_and_in_no_other() {
    let world = World::start();
    let surroundings = json!({
        "bin": env!("CARGO_BIN_EXE_keyward"), "data": world.data.path(), "price": PRICE, "account": "/api/v3/account",
    });
    let tried = Command::new("node").arg(BROWSER).arg(surroundings.to_string()).status();
    assert!(tried.expect("node is needed: run `cargo xtask test`").success(), "see what the browser says");
}
