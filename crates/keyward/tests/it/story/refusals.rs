//! Every way of being refused: the client's own exception, and Keyward's reason.

use serde_json::{Value, json};

use crate::clients::Clients;
use crate::wire::{Wire, now_ms};
use crate::world::{Issued, World};

const ALL: [&str; 2] = ["--allow", "market,read,trade"];

fn buy() -> Value {
    json!(["BTC/USDT", "market", "buy", 0.001])
}

pub(super) fn tell(world: &World, clients: &mut Clients) {
    signatures(world, clients);
    times(world, clients);
    states(world, clients);
    addresses(world, clients);
    rights(world, clients);
    rates(world);
}

/// A call of ccxt that must raise this exception for this reason, and must not be retried.
fn refused(
    world: &World,
    clients: &mut Clients,
    key: &Issued,
    call: (&str, Value),
    exception: &str,
    reason: &str,
) {
    let answer = clients.bot("ccxt", &world.door(), key).attempt(call.0, call.1);
    assert_eq!(answer["error"], exception, "{reason}: {answer}");
    assert_eq!(answer["retryable"], false, "{reason}: {answer}");
    assert_eq!(world.last_refusal(key), reason, "{answer}");
}

fn signatures(world: &World, clients: &mut Clients) {
    let key = world.key("signs", &ALL);
    let forged = Issued { secret: "not the secret".to_owned(), ..key.clone() };
    refused(
        world,
        clients,
        &forged,
        ("fetch_balance", json!([])),
        "AuthenticationError",
        "signature_invalid",
    );
    let stranger = Issued { api_key: "k".repeat(64), ..key.clone() };
    clients.bot("ccxt", &world.door(), &stranger).raises("AuthenticationError", "fetch_balance", json!([]));
    let order = Wire::signed(
        &key,
        "POST",
        "/api/v3/order/test",
        "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001",
    );
    let gateway = &world.server.gateway;
    let first = order.send(gateway);
    assert_eq!(first.status, 200, "{first:?}");
    let second = order.send(gateway);
    assert_eq!((second.reason(), &second.json()["code"]), ("replayed", &json!(-1021)), "{second:?}");
    let named = first.header("keyward-request-id").unwrap();
    assert!(second.body.contains(named), "the refusal names the first request: {second:?}");
    let (parameters, signature) = order.target.split_once("signature=").unwrap();
    let target = format!("{parameters}signature={}", signature.to_uppercase());
    let disguised = Wire { target, ..order.clone() };
    assert_eq!(disguised.send(gateway).reason(), "replayed", "the other case of the same signature");
    assert_eq!(Wire::bare("GET", "/api/v3/account").send(gateway).reason(), "key_missing");
}

fn times(world: &World, clients: &mut Clients) {
    let key = world.key("keeps-time", &ALL);
    for (skew_ms, reason) in [(-120_000, "timestamp_stale"), (30_000, "timestamp_ahead")] {
        clients.bot("ccxt", &world.door(), &key).skewed(skew_ms).raises(
            "InvalidNonce",
            "fetch_balance",
            json!([]),
        );
        assert_eq!(world.last_refusal(&key), reason);
    }
    let wide = Wire::signed(&key, "GET", "/api/v3/account", "recvWindow=60001").send(&world.server.gateway);
    assert_eq!(wide.reason(), "window_too_wide", "{wide:?}");
    let ahead =
        Wire::signed_at(&key, "GET", "/api/v3/account", "", now_ms() + 500).send(&world.server.gateway);
    assert_eq!(ahead.status, 200, "up to a second ahead is accepted: {ahead:?}");
}

fn states(world: &World, clients: &mut Clients) {
    let balance = || ("fetch_balance", json!([]));
    let key = world.key("passes-through", &ALL);
    world.operate(&["key", "suspend", &key.id]);
    refused(world, clients, &key, balance(), "AuthenticationError", "key_suspended");
    world.operate(&["key", "resume", &key.id]);
    clients.bot("ccxt", &world.door(), &key).call("fetch_balance", json!([]));
    let rotated = world.operate(&["key", "rotate", &key.id, "--overlap", "2s"]);
    let text = |field: &str| rotated[field].as_str().unwrap().to_owned();
    let next = Issued { id: text("id"), api_key: text("api_key"), secret: text("secret") };
    clients.bot("ccxt", &world.door(), &key).call("fetch_balance", json!([]));
    clients.bot("ccxt", &world.door(), &next).call("fetch_balance", json!([]));
    std::thread::sleep(std::time::Duration::from_millis(2100));
    refused(world, clients, &key, balance(), "AuthenticationError", "key_expired");
    world.operate(&["key", "revoke", &next.id]);
    refused(world, clients, &next, balance(), "AuthenticationError", "key_revoked");
    assert!(!world.run(&["key", "resume", &next.id]).status.success(), "a revoked key never comes back");
    let short = world.key("short", &["--allow", "read", "--expires", "1s"]);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    refused(world, clients, &short, balance(), "AuthenticationError", "key_expired");
}

fn addresses(world: &World, clients: &mut Clients) {
    let balance = || ("fetch_balance", json!([]));
    let elsewhere = world.key("elsewhere", &[&ALL[..], &["--ip", "203.0.113.0/24"]].concat());
    refused(world, clients, &elsewhere, balance(), "PermissionDenied", "address_not_allowed");
    let denied = world.key("denied", &[&ALL[..], &["--deny-ip", "127.0.0.0/8"]].concat());
    refused(world, clients, &denied, balance(), "PermissionDenied", "address_denied");
    let read = |from| {
        Wire::signed(&elsewhere, "GET", "/api/v3/account", "")
            .header("X-Forwarded-For", "203.0.113.5")
            .from(from)
    };
    let gateway = &world.server.gateway;
    assert_eq!(
        read("127.0.0.1").send(gateway).reason(),
        "address_not_allowed",
        "a stranger's header is ignored"
    );
    assert_eq!(read("127.0.0.2").send(gateway).status, 200, "a trusted proxy is believed");
    let forged = read("127.0.0.2").header("X-Forwarded-For", "198.51.100.9").send(gateway);
    assert_eq!(forged.reason(), "address_not_allowed", "the hop nearest to the proxy counts");
}

fn rights(world: &World, clients: &mut Clients) {
    let reader = world.key("reader", &["--allow", "market,read"]);
    refused(world, clients, &reader, ("create_order", buy()), "PermissionDenied", "permission_missing");
    let trader = world.key("eth-only", &[&ALL[..], &["--symbol", "ETH/USDT"]].concat());
    refused(world, clients, &trader, ("create_order", buy()), "PermissionDenied", "symbol_not_allowed");
    clients
        .bot("ccxt", &world.door(), &trader)
        .call("create_order", json!(["ETH/USDT", "market", "buy", 0.01]));
    let away = (
        "withdraw",
        json!(["USDT", 100, "0x00000000000000000000000000000000000000ff", { "network": "ETH" }]),
    );
    refused(world, clients, &trader, away, "PermissionDenied", "permission_missing");
    let unknown = Wire::signed(&trader, "POST", "/sapi/v1/not/known", "").send(&world.server.gateway);
    assert_eq!(unknown.reason(), "endpoint_unknown", "{unknown:?}");
    let twice = Wire::signed(&trader, "POST", "/api/v3/order", "symbol=ETHUSDT&symbol=BTCUSDT&side=BUY");
    assert_eq!(twice.send(&world.server.gateway).reason(), "parameter_duplicate");
    let nowhere = Wire::bare("GET", "/api/v3/time").send_under(&world.server.gateway, "/nowhere");
    assert_eq!((nowhere.status, nowhere.reason()), (404, "venue_unknown"));
}

fn rates(world: &World) {
    let slow = world.key("slow", &["--allow", "read", "--rate", "60", "--burst", "2"]);
    let read = |n: u32| Wire::signed(&slow, "GET", "/api/v3/account", &format!("recvWindow={}", 5000 + n));
    let replies: Vec<_> = (0..4).map(|n| read(n).send(&world.server.gateway)).collect();
    let limited = replies.iter().find(|reply| reply.reason() == "rate_limited");
    let limited = limited.unwrap_or_else(|| panic!("nobody was slowed down: {replies:?}"));
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("1")));
}

pub(super) fn tell_of_the_vault(world: &World, clients: &mut Clients) {
    let key = world.key("waits", &ALL);
    world.operate(&["vault", "seal"]);
    let sealed = clients.bot("ccxt", &world.door(), &key).attempt("fetch_balance", json!([]));
    assert_eq!(sealed["error"], "ExchangeNotAvailable", "{sealed}");
    assert_eq!(world.last_refusal(&key), "vault_sealed");
    world.operate(&["vault", "unseal", "--passphrase-file", &world.path("passphrase")]);
    clients.bot("ccxt", &world.door(), &key).call("fetch_balance", json!([]));
}

pub(super) fn tell_of_the_exchange_being_down(world: &mut World, clients: &mut Clients) {
    let key = world.key("too-late", &ALL);
    world.sandbox.stop();
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
    let reply = Wire::signed(&key, "POST", "/api/v3/order", order).send(&world.server.gateway);
    assert_eq!((reply.status, reply.reason()), (503, "venue_unreachable"), "{reply:?}");
    clients.bot("ccxt", &world.door(), &key).raises("ExchangeNotAvailable", "fetch_balance", json!([]));
}
