//! What waits for a person: unmodified clients, operators at the CLI, and a server that is restarted meanwhile.

use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clients::Clients;
use crate::wire::{Reply, Wire};
use crate::world::{Issued, Setup, World};

/// Everything that is not surely below 100 USDT waits.
const HELD: [&str; 4] = ["--allow", "market,read,trade", "--hold", "trade>100 USDT"];

/// An order of 200 USDT that rests at the exchange.
fn order(world: &World, key: &Issued, client_id: &str) -> Reply {
    let order = format!(
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01&price=20000&newClientOrderId={client_id}"
    );
    Wire::signed(key, "POST", "/api/v3/order", &order).send(&world.server.gateway)
}

fn waiting(world: &World) -> Vec<Value> {
    world.operate(&["approval", "list"]).as_array().unwrap().clone()
}

/// The id of the one that waits, as soon as one does; the test's own time limit is the deadline.
fn id_of_one(world: &World) -> String {
    loop {
        if let [one] = &*waiting(world) {
            return one["id"].as_str().unwrap().to_owned();
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn impatient() -> Setup {
    Setup { config: "[gateway.limits]\nhold_s = 1\n", ..Setup::BINANCE }
}

fn operation(event: &Value) -> &str {
    event["operation"].as_str().unwrap()
}

/// What the log says of an approval, event by event.
fn on_record(world: &World, id: &str) -> Vec<String> {
    let events = world.operate(&["audit", "show", id]);
    let kind = |event: &Value| match event["event"].as_str().unwrap() {
        "changed" if event["details"]["refused"].is_string() => format!("{} refused", operation(event)),
        "changed" => operation(event).to_owned(),
        "approval_ended" => event["end"].as_str().unwrap().to_owned(),
        kind => kind.to_owned(),
    };
    events.as_array().unwrap().iter().map(kind).collect()
}

#[test]
fn an_unmodified_ccxt_notices_nothing_when_its_order_is_approved_in_time() {
    let world = World::start();
    let mut clients = Clients::start();
    let key = world.key("treasury", &HELD);
    let mut bot = clients.bot("ccxt", &world.door(), &key);
    let small = bot.call("create_order", json!(["BTC/USDT", "limit", "buy", 0.001, 20_000]));
    assert!(waiting(&world).is_empty(), "{small}");
    let (ordered, shown) = thread::scope(|scope| {
        let approves = scope.spawn(|| {
            let id = id_of_one(&world);
            let shown = world.operate(&["approval", "show", &id]);
            world.operate(&["approval", "approve", &id]);
            shown
        });
        let ordered = bot.call("create_order", json!(["BTC/USDT", "limit", "buy", 0.01, 20_000]));
        (ordered, approves.join().unwrap())
    });
    assert_eq!((&ordered["status"], &shown["spends"]), (&json!("open"), &json!("200.00 USDT")), "{shown}");
    assert_eq!((&shown["key"], &shown["facts"][0]["symbol"]), (&json!("treasury"), &json!("BTCUSDT")));
    let open = bot.call("fetch_open_orders", json!(["BTC/USDT"]));
    assert_eq!(open.as_array().unwrap().len(), 2, "{open}");
}

#[test]
fn a_ccxt_that_is_denied_raises_what_it_does_not_retry() {
    let world = World::start();
    let mut clients = Clients::start();
    let key = world.key("treasury", &HELD);
    let mut bot = clients.bot("ccxt", &world.door(), &key);
    bot.call("load_markets", json!([]));
    let buy = json!(["BTC/USDT", "limit", "buy", 0.01, 20_000]);
    let denied = thread::scope(|scope| {
        scope.spawn(|| world.operate(&["approval", "deny", &id_of_one(&world)]));
        bot.attempt("create_order", buy.clone())
    });
    assert_eq!(
        (&denied["error"], &denied["retryable"]),
        (&json!("PermissionDenied"), &json!(false)),
        "{denied}"
    );
    assert_eq!(world.last_refusal(&key), "hold_denied");
    // Nobody decides: within ccxt's own ten seconds it is told that it waits.
    let held = bot.attempt("create_order", buy);
    assert_eq!((&held["error"], &held["retryable"]), (&json!("PermissionDenied"), &json!(false)), "{held}");
    assert!(held["message"].as_str().unwrap().contains("apr_"), "{held}");
    assert_eq!(world.last_refusal(&key), "held");
}

#[test]
fn who_did_not_wait_sends_the_same_again_once_it_is_approved() {
    let world = World::with(impatient());
    let key = world.key("treasury", &HELD);
    assert_eq!(order(&world, &key, "a").reason(), "held");
    let id = id_of_one(&world);
    assert_eq!(order(&world, &key, "a").reason(), "held", "one that waits already");
    world.operate(&["approval", "approve", &id]);
    assert_eq!(order(&world, &key, "b").reason(), "held", "another order");
    let passed = order(&world, &key, "a");
    assert_eq!((passed.status, passed.header("keyward-reason")), (200, None), "{passed:?}");
    assert_eq!(order(&world, &key, "a").reason(), "held", "an approval is good for one");
    assert_eq!(on_record(&world, &id), ["held", "approval approve", "used", "intent"]);
}

/// After a start, as soon as the server is sure of the time.
fn held_once_sure_of_the_time(world: &World, key: &Issued, client_id: &str) {
    loop {
        let reply = order(world, key, client_id);
        if !["clock_uncertain", "timestamp_stale"].contains(&reply.reason()) {
            assert_eq!(reply.reason(), "held");
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_restart_denies_all_that_waits_and_says_so() {
    let mut world = World::with(impatient());
    let key = world.key("treasury", &HELD);
    let mut held = Vec::new();
    for way in ["TERM", "KILL"] {
        held_once_sure_of_the_time(&world, &key, way);
        let id = id_of_one(&world);
        world.operate(&["approval", "approve", &id]);
        world.server.signal(way);
        world.server.ended();
        world.serve();
        assert!(waiting(&world).is_empty());
        let late = world.run(&["approval", "approve", &id]);
        assert!(String::from_utf8_lossy(&late.stdout).contains("approval_unknown"), "{late:?}");
        held.push(id);
    }
    for id in held {
        assert_eq!(
            on_record(&world, &id),
            ["held", "approval approve", "stopped", "approval approve refused"]
        );
    }
    held_once_sure_of_the_time(&world, &key, "KILL");
    assert_eq!(waiting(&world).len(), 1, "it is asked for anew");
}
