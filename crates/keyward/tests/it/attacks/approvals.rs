//! What waits for a person: an approval that is stale is none, and nobody gives one who may not.

use serde_json::{Value, json};

use super::scene::{Person, Scene};
use crate::wire::{Reply, Wire};
use crate::world::{Issued, Setup};

/// Nobody waits long on a connection, and an approval that nobody gives is over after some seconds.
const IMPATIENT: &str = "[gateway.limits]\nhold_s = 1\n";
const SOON_OVER: &str = "[gateway.limits]\nhold_s = 1\napproval_s = 3\n";

fn scene(config: &'static str) -> (Scene, Issued) {
    let scene = Scene::with(Setup { config, ..Setup::BINANCE });
    let key = scene.world.key("treasury", &["--allow", "market,read,trade", "--hold", "trade>100 USDT"]);
    (scene, key)
}

fn order(scene: &Scene, key: &Issued, quantity: &str, client_id: &str) -> Reply {
    let order = format!(
        "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity={quantity}&price=20000&newClientOrderId={client_id}"
    );
    Wire::signed(key, "POST", "/api/v3/order", &order).send(&scene.world.server.gateway)
}

/// An order that waits, and the id by which it is decided about.
fn held(scene: &Scene, key: &Issued, client_id: &str) -> String {
    assert_eq!(order(scene, key, "0.01", client_id).reason(), "held");
    let waiting = scene.world.operator().get("/approvals");
    waiting["items"].as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned()
}

fn approve(who: &Person<'_>, id: &str) -> Reply {
    who.ask("POST", &format!("/approvals/{id}/approve"), &Value::Null)
}

/// Nobody approves any more what is under this id, and its order does not pass.
fn is_stale(scene: &Scene, ada: &Person<'_>, id: &str) {
    scene.repels("approval_unknown", ada.name, "approval approve", || approve(ada, id));
    let form = ada.browser.page_form(&format!("/approvals/{id}/approve"), &[]);
    scene.repels("approval_unknown", ada.name, "approval approve", || ada.browser.send(&form));
}

#[test]
fn an_approval_that_was_used_or_denied_is_good_for_nothing_more() {
    let (scene, key) = scene(IMPATIENT);
    let ada = scene.person("ada", "owner");
    let used = held(&scene, &key, "a");
    assert_eq!(approve(&ada, &used).status, 200);
    scene.repels("approval_given", "ada", "approval approve", || approve(&ada, &used));
    assert_eq!(order(&scene, &key, "0.02", "a").reason(), "held", "what was changed is something else");
    assert_eq!(order(&scene, &key, "0.01", "a").status, 200);
    is_stale(&scene, &ada, &used);
    assert_eq!(order(&scene, &key, "0.01", "a").reason(), "held", "once");
    let denied = held(&scene, &key, "b");
    assert_eq!(ada.ask("POST", &format!("/approvals/{denied}/deny"), &Value::Null).status, 200);
    is_stale(&scene, &ada, &denied);
}

#[test]
fn an_approval_is_void_once_its_key_is_another() {
    let (scene, key) = scene(IMPATIENT);
    let (ada, host) = (scene.person("ada", "owner"), scene.world.operator());
    let narrowed = held(&scene, &key, "a");
    host.call("PATCH", "/keys/treasury", &json!({ "ip": ["127.0.0.1", "127.0.0.2"] }));
    is_stale(&scene, &ada, &narrowed);
    assert_ne!(order(&scene, &key, "0.01", "a").status, 200);
    let approved = held(&scene, &key, "b");
    assert_eq!(approve(&ada, &approved).status, 200);
    host.call("PATCH", "/keys/treasury", &json!({ "ip": ["127.0.0.1"] }));
    is_stale(&scene, &ada, &approved);
    assert_eq!(order(&scene, &key, "0.01", "b").reason(), "held", "what was approved was another key's");
    let revoked = held(&scene, &key, "c");
    host.post("/keys/treasury/revoke", &Value::Null);
    is_stale(&scene, &ada, &revoked);
}

#[test]
fn an_approval_that_comes_too_late_is_none() {
    let (scene, key) = scene(SOON_OVER);
    let ada = scene.person("ada", "owner");
    let late = held(&scene, &key, "a");
    while scene.world.operator().get("/approvals")["items"] != json!([]) {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    is_stale(&scene, &ada, &late);
}

#[test]
fn nobody_approves_who_may_not_or_who_may_be_somebody_else() {
    let (scene, key) = scene(IMPATIENT);
    let (vera, tom) = (scene.person("vera", "viewer"), scene.person("tom", "trader"));
    let (otto, token) = (scene.person("otto", "auditor"), scene.token("ci", "owner"));
    let id = held(&scene, &key, "a");
    for who in [&vera, &otto] {
        scene.repels("role_lacks_right", who.name, "approval approve", || approve(who, &id));
    }
    let path = format!("/approvals/{id}/approve");
    let program = || scene.program(&token, "POST", &path, &Value::Null);
    scene.repels("second_factor_needed", "ci", "approval approve", program);
    scene.world.pass_s(301);
    scene.repels("second_factor_needed", "tom", "approval approve", || approve(&tom, &id));
}
