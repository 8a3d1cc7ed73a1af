//! The exchange on a bad day, as a real client sees it through Keyward.

use serde_json::{Value, json};

use crate::clients::Clients;
use crate::wire::Wire;
use crate::world::World;

const TRADES: [&str; 2] = ["--allow", "market,read,trade"];

impl World {
    /// Lets the exchange misbehave once.
    fn misbehave(&self, fault: &Value) {
        let tell = Wire { body: fault.to_string(), ..Wire::bare("POST", "/sandbox/misbehave") };
        let reply = tell.header("Content-Type", "application/json").send_under(&self.exchange(), "");
        assert_eq!(reply.status, 204, "{reply:?}");
    }

    /// How many requests have been delivered to the exchange, and how many of them were orders.
    fn delivered(&self) -> (u64, u64) {
        let report = Wire::bare("GET", "/sandbox/deliveries").send_under(&self.exchange(), "").json();
        let is_order = |row: &&Value| row["method"] == "POST" && row["path"] == "/api/v3/order";
        let orders = report["requests"].as_array().unwrap().iter().find(is_order);
        (report["total"].as_u64().unwrap(), orders.map_or(0, |row| row["count"].as_u64().unwrap()))
    }

    fn exchange(&self) -> String {
        self.sandbox.url.trim_start_matches("http://").to_owned()
    }
}

/// An order that waits in the book.
fn waiting() -> Value {
    json!(["BTC/USDT", "limit", "buy", 0.001, 30_000])
}

#[test]
fn an_order_whose_answer_is_lost_is_made_once_and_its_outcome_is_unknown() {
    let (world, mut clients) = (World::start(), Clients::start());
    let key = world.key("bot", &TRADES);
    for kind in ["drop_after_accept", "cut"] {
        clients.bot("ccxt", &world.door(), &key).call("fetch_open_orders", json!(["BTC/USDT"]));
        world.misbehave(&json!({"method": "POST", "path": "/api/v3/order", "count": 1, "kind": kind}));
        let (_, before) = world.delivered();
        clients.bot("ccxt", &world.door(), &key).raises("RequestTimeout", "create_order", waiting());
        assert_eq!(world.delivered().1, before + 1, "{kind}");
        let events = world.operate(&["audit", "tail", "--limit", "1000"]);
        let last = events.as_array().unwrap().iter().rev().find(|event| event["event"] == "outcome");
        assert_eq!(last.unwrap()["reason"], "outcome_unknown", "{kind}");
    }
    let open = clients.bot("ccxt", &world.door(), &key).call("fetch_open_orders", json!(["BTC/USDT"]));
    assert_eq!(open.as_array().unwrap().len(), 2, "the exchange had taken both");
}

#[test]
fn a_ban_of_one_key_holds_back_every_key_and_is_told_as_a_rate_limit() {
    let (world, mut clients) = (World::start(), Clients::start());
    let (first, second) = (world.key("first", &TRADES), world.key("second", &TRADES));
    world.misbehave(&json!({"path": "/api/v3/account", "count": 1, "kind": "ban", "ms": 120_000}));
    clients.bot("ccxt", &world.door(), &first).raises("DDoSProtection", "fetch_balance", json!([]));
    let sent = world.delivered();
    clients.bot("ccxt", &world.door(), &second).raises("DDoSProtection", "create_order", waiting());
    let refused = Wire::signed(&second, "GET", "/api/v3/account", "").send(&world.server.gateway);
    assert_eq!((refused.status, refused.reason()), (429, "venue_rate_limited"), "{refused:?}");
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((60..=120).contains(&wait), "{wait}");
    assert_eq!(world.delivered(), sent, "nothing was sent during the ban");
    let ask = |target: &str| Wire::bare("GET", target).send_under(&world.server.control, "").body;
    assert!(ask("/readyz").contains("it has banned this address"), "{}", ask("/readyz"));
    assert!(ask("/metrics").contains("keyward_exchange_pause_seconds{of="), "{}", ask("/metrics"));
}
