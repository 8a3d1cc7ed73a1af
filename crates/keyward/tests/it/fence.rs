//! What stops at once: revocations under load, and the kill switch that needs no operator's door.

mod exchange;
mod load;
mod switch;

use std::collections::HashSet;
use std::fs;
use std::time::Instant;

use serde_json::{Value, json};

use self::exchange::{Delivery, Exchange};
use self::load::Load;
use crate::world::{Issued, World};

/// Requests in flight at once.
const BOTS: usize = 8;

/// A revocation that was acknowledged: when, and what its answer said was on the wire.
struct Revoked {
    at: Instant,
    on_wire: HashSet<String>,
}

#[test]
fn soak_no_send_starts_after_a_revocation_was_acknowledged_under_load() {
    let rounds = if std::env::var_os("KEYWARD_SOAK").is_some() { 1000 } else { 10 };
    let world = World::start();
    let exchange = Exchange::start();
    furnish(&world, &exchange.url);
    let load = Load::start(&world.server.gateway, "/slow", BOTS);
    let revoked: Vec<_> = (0..rounds).map(|round| revoke_under_load(&world, &load, round)).collect();
    let (answers, deliveries) = (load.stop(), exchange.deliveries());
    let late = late(&deliveries, &revoked);
    let unseen = late.iter().filter(|delivery| {
        let request = &answers[&delivery.order];
        !revoked[delivery.round].on_wire.contains(request)
    });
    assert_eq!(unseen.count(), 0, "sends that started after their key's revocation was acknowledged");
    let named: usize = revoked.iter().map(|one| one.on_wire.len()).sum();
    println!(
        "{} deliveries, {rounds} revocations, {named} named on the wire, {} of them delivered later",
        deliveries.len(),
        late.len()
    );
    assert!(named > 0 && deliveries.len() > rounds, "the load does not reach the exchange");
}

/// What reached the exchange after its key's revocation had been acknowledged.
fn late<'a>(deliveries: &'a [Delivery], revoked: &[Revoked]) -> Vec<&'a Delivery> {
    deliveries.iter().filter(|delivery| delivery.at > revoked[delivery.round].at).collect()
}

fn furnish(world: &World, url: &str) {
    world.operate(&["venue", "add", "slow", "--dialect", "binance", "--url", url]);
    fs::write(world.path("secret"), "the-real-secret-of-the-exchange").unwrap();
    let add = ["credential", "add", "slow", "--venue", "slow", "--api-key", "REALKEY", "--secret-file"];
    world.operate(&[&add[..], &[&world.path("secret")]].concat());
}

/// Lets every bot trade with a new key, revokes it in the midst of that, and waits until each bot has been told.
fn revoke_under_load(world: &World, load: &Load, round: usize) -> Revoked {
    let operator = world.operator();
    let key = created(&operator.post("/keys", &new_key(round)));
    load.trade_with(round, key.clone());
    load.until(round, |seen| seen.answered >= BOTS);
    let answer = operator.post(&format!("/keys/{}/revoke", key.id), &Value::Null);
    let at = Instant::now();
    load.until(round, |seen| seen.bots_refused.len() == BOTS);
    let requests = answer["on_wire"].as_array().unwrap().iter();
    let on_wire = requests.map(|sent| sent["request"].as_str().unwrap().to_owned()).collect();
    Revoked { at, on_wire }
}

fn new_key(round: usize) -> Value {
    let rate = json!({ "per_minute": 600_000, "burst": 10_000 });
    json!({
        "name": format!("bot-{round}"), "project": "bots", "credentials": ["slow"], "allow": ["trade"], "rate": rate,
    })
}

fn created(document: &Value) -> Issued {
    let text = |field: &str| document[field].as_str().unwrap().to_owned();
    Issued { id: text("id"), api_key: text("api_key"), secret: text("secret") }
}
