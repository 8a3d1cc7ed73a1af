//! kill -9, at every point of a request's life and at many random ones.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use super::field::{Field, until};
use super::hindrance::Hindrance;
use super::log::Log;
use crate::wire::Wire;

/// Longer than the server is let live in a test that hinders it.
const FIVE_SECONDS: &str = "5000000";

/// Kills the server while an order is where `is_there` says that it is.
fn killed_with_an_order(field: &mut Field, is_there: impl Fn(&Field) -> bool) -> Log {
    let (order, gateway) = (field.order("order"), field.world.server.gateway.clone());
    let client = thread::spawn(move || order.send_under(&gateway, "/counted"));
    until("the order is where it should be", || is_there(field));
    field.world.server.kill();
    client.join().unwrap();
    field.exchange.answer(true);
    field.restart()
}

fn written(field: &Field) -> bool {
    field.log().intents.contains_key("order")
}

#[test]
fn killed_while_the_intent_waits_for_the_disk_nothing_was_sent() {
    let mut field = Field::new();
    let sync = format!("fdatasync:delay_enter={FIVE_SECONDS}");
    let hindrance = Hindrance::start(field.world.server.process(), &field.audit().join("entries.log"), &sync);
    let log = killed_with_an_order(&mut field, written);
    drop(hindrance);
    assert_eq!(field.exchange.arrivals("order"), 0);
    assert!(log.unknown("order"));
}

#[test]
fn killed_between_the_record_and_the_first_byte_the_order_is_reported_and_not_sent() {
    let mut field = Field::new();
    let (deaf, _kept) = deaf_exchange();
    field.world.operate(&["venue", "add", "deaf", "--dialect", "binance", "--url", &deaf]);
    std::fs::write(field.world.path("secret"), "a-secret-of-the-deaf-exchange").unwrap();
    let secret = field.world.path("secret");
    let add = ["credential", "add", "deaf", "--venue", "deaf", "--api-key", "DEAF", "--secret-file", &secret];
    field.world.operate(&add);
    let key = field.world.key_on("deaf", "deaf", &["--allow", "trade"]);
    let id = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=1&newClientOrderId=order";
    let (order, gateway) =
        (Wire::signed(&key, "POST", "/api/v3/order", id), field.world.server.gateway.clone());
    let client = thread::spawn(move || order.send_under(&gateway, "/deaf"));
    until("the intent is on the disk", || written(&field));
    field.world.server.kill();
    client.join().unwrap();
    assert!(field.restart().unknown("order"));
}

/// An address that takes no connection and refuses none: its queue is full.
fn deaf_exchange() -> (String, Vec<Socket>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut kept = vec![];
    for _ in 0..4 {
        let waiting = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        waiting.set_nonblocking(true).unwrap();
        let _ = waiting.connect(&address); // under way is all that it will be
        kept.push(waiting);
    }
    kept.push(listener);
    (format!("http://{}", address.as_socket().unwrap()), kept)
}

#[test]
fn killed_after_it_was_sent_the_order_is_reported_and_not_sent_again() {
    let mut field = Field::new();
    field.exchange.answer(false);
    let log = killed_with_an_order(&mut field, |field| field.exchange.arrivals("order") == 1);
    assert!(log.unknown("order"));
    assert!(field.world.server.log().contains(&log.intents["order"]), "the operator is told");
    let shown = field.world.operate(&["audit", "show", &log.intents["order"]]);
    assert_eq!(shown[1]["reason"], "outcome_unknown");
    assert_eq!(field.restart().outcomes.len(), log.outcomes.len(), "it is reported once");
}

#[test]
fn killed_before_the_outcome_is_on_the_disk_the_order_is_reported_though_it_was_answered() {
    let mut field = Field::new();
    field.exchange.answer(false);
    let (order, gateway) = (field.order("order"), field.world.server.gateway.clone());
    let client = thread::spawn(move || order.send_under(&gateway, "/counted"));
    until("the order was sent", || field.exchange.arrivals("order") == 1);
    let write = format!("write:delay_enter={FIVE_SECONDS}");
    let hindrance =
        Hindrance::start(field.world.server.process(), &field.audit().join("entries.log"), &write);
    field.exchange.answer(true);
    assert_eq!(client.join().unwrap().status, 200);
    field.world.server.kill();
    drop(hindrance);
    assert!(field.restart().unknown("order"));
    assert_eq!(field.exchange.arrivals("order"), 1);
}

/// The orders and projects that somebody was told are done.
#[derive(Default)]
struct Acknowledged {
    orders: BTreeSet<String>,
    projects: BTreeSet<String>,
}

#[test]
fn soak_of_kills_loses_nothing_acknowledged_and_sends_nothing_unrecorded() {
    let rounds = if std::env::var_os("KEYWARD_SOAK").is_some() { 200 } else { 5 };
    let (mut field, mut log, mut acknowledged) = (Field::new(), Log::default(), Acknowledged::default());
    for round in 0..rounds {
        under_load_until_killed(&mut field, round, &mut acknowledged);
        field.world.serve();
        log.read_on(&field.audit());
        field.world.operate(&["audit", "verify"]);
        log.assert_every_intent_has_one_outcome();
        check(&field, &log, &acknowledged);
    }
    let projects = field.world.operate(&["project", "list"]);
    let kept: BTreeSet<_> =
        projects.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
    assert!(acknowledged.projects.is_subset(&kept));
    let unknown = log.intents.keys().filter(|id| log.unknown(id)).count();
    println!(
        "{rounds} kills: {} intents, {} arrived, {} acknowledged, {unknown} unknown, {} projects",
        log.intents.len(),
        field.exchange.arrived().len(),
        acknowledged.orders.len(),
        acknowledged.projects.len()
    );
    assert!(acknowledged.orders.len() > rounds && acknowledged.projects.len() * 3 > rounds);
}

/// Four bots and an operator work until the server is killed, after 50 to 450 ms.
fn under_load_until_killed(field: &mut Field, round: usize, acknowledged: &mut Acknowledged) {
    let over = AtomicBool::new(false);
    let mut server = std::mem::replace(&mut field.world.server, crate::world::Server::not_started());
    let gateway = server.gateway.clone();
    let (field, over) = (&*field, &over);
    let bot = |bot| {
        let orders = (0..).map(move |n| format!("r{round}-b{bot}-{n}"));
        let sent = orders.take_while(|_| !over.load(Ordering::Relaxed));
        let gateway = gateway.clone();
        sent.filter(move |id| field.order(id).send_under(&gateway, "/counted").status == 200)
            .collect::<Vec<_>>()
    };
    let operator = || {
        let names = (0..).map(|n| format!("project-{round}-{n}"));
        let asked = names.take_while(|_| !over.load(Ordering::Relaxed));
        asked.filter(|name| field.world.run(&["project", "add", name]).status.success()).collect::<Vec<_>>()
    };
    thread::scope(|scope| {
        let bots: Vec<_> = (0..4).map(|n| scope.spawn(move || bot(n))).collect();
        let operator = scope.spawn(operator);
        thread::sleep(Duration::from_millis(50 + (round as u64 * 67) % 400));
        server.kill();
        over.store(true, Ordering::Relaxed);
        acknowledged.orders.extend(bots.into_iter().flat_map(|bot| bot.join().unwrap()));
        acknowledged.projects.extend(operator.join().unwrap());
    });
}

fn check(field: &Field, log: &Log, acknowledged: &Acknowledged) {
    let arrived = field.exchange.arrived();
    for (id, times) in &arrived {
        assert_eq!(*times, 1, "{id} arrived more than once");
        assert!(log.intents.contains_key(id), "{id} was sent without a record");
    }
    for id in &acknowledged.orders {
        assert!(
            arrived.contains_key(id) && log.intents.contains_key(id),
            "{id} was acknowledged and is lost"
        );
    }
    let added: BTreeSet<_> =
        log.done.iter().filter_map(|done| done["details"]["name"].as_str().map(str::to_owned)).collect();
    let lost: Vec<_> = acknowledged.projects.difference(&added).collect();
    assert!(lost.is_empty(), "acknowledged, and lost: {lost:?}");
}
