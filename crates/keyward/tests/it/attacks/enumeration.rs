//! Guessing what there is: an answer to somebody who may not know is the same whether or not it exists.

use serde_json::{Value, json};

use super::scene::Scene;
use crate::people::{Browser, PASSWORD};
use crate::wire::Reply;
use crate::world::Setup;

/// Nothing is called so.
const NOTHING: &str = "nothing";

/// What can be told from an answer, but for what was asked.
fn told(reply: &Reply, asked: &str) -> (u16, Vec<String>, String) {
    let mut headers: Vec<_> = reply.head.lines().skip(1).map(str::to_lowercase).collect();
    headers.retain(|line| !line.starts_with("date:") && !line.starts_with("content-length:"));
    (reply.status, headers, without_challenge(&reply.body.replace(asked, "…")))
}

/// A page without the challenge for passkeys, which is another each time.
fn without_challenge(body: &str) -> String {
    let is_random = |part: &str| part.len() > 40 && !part.contains([' ', '/', '<']);
    body.split('"').filter(|part| !is_random(part)).collect::<Vec<_>>().join("\"")
}

/// Whether each of these answers tells the same.
fn alike<'a>(replies: impl IntoIterator<Item = (&'a str, Reply)>) {
    let mut told = replies.into_iter().map(|(asked, reply)| told(&reply, asked));
    let first = told.next().unwrap();
    assert!((400..500).contains(&first.0), "{first:?}");
    told.for_each(|other| assert_eq!(other, first));
}

#[test]
fn who_signs_in_wrongly_is_not_told_who_exists() {
    let scene = Scene::new();
    let (ada, bob) = (scene.person("ada", "owner"), scene.person("bob", "viewer"));
    scene.invitation("eve", "viewer");
    assert_eq!(ada.ask("POST", "/operators/bob/suspend", &Value::Null).status, 200);
    scene.world.pass_s(30);
    // Ada with a wrong password, Bob with the right one, who is suspended; Eve, who is only invited; and nobody.
    let tried = [("ada", "a wrong horse battery"), ("bob", PASSWORD), ("eve", PASSWORD), (NOTHING, PASSWORD)];
    let nobody = Browser::new(&scene.world);
    alike(tried.map(|(name, password)| {
        let input = json!({ "name": name, "password": password, "code": bob.code() });
        (name, nobody.send(&nobody.wire("POST", "/session", &input)))
    }));
    alike(tried.map(|(name, password)| {
        let fields = [("name", name), ("password", password), ("code", &*bob.code())];
        (name, nobody.send(&nobody.page_form("/sign-in", &fields)))
    }));
    for (name, _) in tried {
        assert!(scene.has_on_record(name, "session sign-in"), "{name}");
    }
}

/// What a viewer may not do with a thing, and the name of one that exists.
const BEYOND_A_VIEWER: [(&str, &str, &str, &str); 12] = [
    ("operator suspend", "POST", "/operators/{}/suspend", "ada"),
    ("operator remove", "DELETE", "/operators/{}", "ada"),
    ("token revoke", "DELETE", "/tokens/{}", "ci"),
    ("key rotate", "POST", "/keys/{}/rotate", "bot"),
    ("key revoke", "POST", "/keys/{}/revoke", "bot"),
    ("key delete", "DELETE", "/keys/{}", "bot"),
    ("approval deny", "POST", "/approvals/{}/deny", "apr_x"),
    ("audit show", "GET", "/audit/{}", "key_x"),
    ("credential check", "POST", "/credentials/{}/check", "desk"),
    ("credential remove", "DELETE", "/credentials/{}", "desk"),
    ("venue remove", "DELETE", "/venues/{}", "binance"),
    ("project remove", "DELETE", "/projects/{}", "bots"),
];

#[test]
fn who_may_not_touch_a_thing_is_not_told_whether_it_exists() {
    let scene = Scene::with(Setup::BINANCE);
    let (_ada, vera) = (scene.person("ada", "owner"), scene.person("vera", "viewer"));
    scene.token("ci", "viewer");
    scene.world.key("bot", &["--allow", "read"]);
    let nobody = Browser::new(&scene.world);
    for (operation, method, path, known) in BEYOND_A_VIEWER {
        let ask = |name: &str| vera.ask(method, &path.replace("{}", name), &Value::Null);
        scene.repels("role_lacks_right", "vera", operation, || ask(known));
        alike([known, NOTHING].map(|name| (name, ask(name))));
        let ask = |name| nobody.send(&nobody.wire(method, &path.replace("{}", name), &Value::Null));
        alike([known, NOTHING].map(|name| (name, ask(name))));
    }
}

#[test]
fn a_link_that_is_worth_nothing_does_not_tell_why() {
    let scene = Scene::new();
    let (used, replaced) = (scene.invitation("ada", "owner"), scene.invitation("bob", "viewer"));
    scene.invitation("bob", "viewer");
    let late = scene.invitation("eve", "viewer");
    let nobody = Browser::new(&scene.world);
    nobody.clone().join(&used);
    scene.world.pass_s(72 * 3_600 + 1);
    let never = format!("kwi_{}", "A".repeat(43));
    let links = [&used, &replaced, &late, &never].map(String::as_str);
    alike(links.map(|link| {
        (link, nobody.send(&nobody.wire("POST", "/invitation", &json!({ "invitation": link }))))
    }));
    let accept = |link: &str| {
        let wire =
            nobody.wire("POST", "/invitation/accept", &json!({ "invitation": link, "password": PASSWORD }));
        wire.from("127.0.0.2")
    };
    for link in links {
        scene.ignores("invitation_invalid", || nobody.send(&accept(link).from("127.0.0.3")));
    }
    alike(links.map(|link| (link, nobody.send(&accept(link)))));
    alike(links.map(|link| {
        let page = crate::wire::Wire::bare("GET", &format!("/invitation/{link}")).from("127.0.0.4");
        (link, nobody.send(&page))
    }));
}

#[test]
fn the_session_and_the_passkey_of_somebody_else_are_as_unknown_as_none() {
    let scene = Scene::new();
    let (ada, bob) = (scene.person("ada", "owner"), scene.person("bob", "owner"));
    let sessions = ada.ask("GET", "/sessions", &Value::Null).json();
    let hers = sessions[0]["id"].as_str().unwrap().to_owned();
    let end = |id: &str| bob.ask("DELETE", &format!("/sessions/{id}"), &Value::Null);
    scene.repels("session_unknown", "bob", "session end", || end(&hers));
    let none = "0123456789abcdef";
    alike([&*hers, none].map(|id| (id, end(id))));
    assert!(ada.is_in());
    let remove = |id: &str| bob.ask("DELETE", &format!("/passkeys/{id}"), &Value::Null);
    scene.repels("passkey_unknown", "bob", "passkey remove", || remove(NOTHING));
}

#[test]
fn a_token_that_is_worth_nothing_does_not_tell_why() {
    let scene = Scene::new();
    let host = scene.world.operator();
    let (revoked, late) = (scene.token("revoked", "viewer"), scene.token("late", "viewer"));
    let bound = host.post("/tokens", &json!({ "name": "bound", "role": "viewer", "ip": ["203.0.113.7"] }));
    let bound = format!("Bearer {}", bound["bearer"].as_str().unwrap());
    host.call("DELETE", "/tokens/revoked", &Value::Null);
    let ask = |token: &str| scene.program(token, "GET", "/keys", &Value::Null);
    let never = format!("Bearer kwt_{}", "A".repeat(43));
    alike([&revoked, &bound, &never].map(|token| (token.as_str(), ask(token))));
    scene.world.pass_s(91 * 86_400);
    alike([&never, &late].map(|token| (token.as_str(), ask(token))));
    assert!(["bound", "late"].iter().all(|name| scene.has_on_record(name, "token")));
}
