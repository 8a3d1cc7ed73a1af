//! What a browser was made to send: by a page of another site, or without what only a page of ours can know.

use serde_json::json;

use super::scene::{Person, Scene};
use crate::people::{Browser, PASSWORD};
use crate::wire::Wire;

/// What browsers say of a page that is not ours.
const FOREIGN: [&[(&str, &str)]; 6] = [
    &[("Origin", "https://evil.example")],
    &[("Origin", "null")],
    &[("Origin", "http://127.0.0.1:1")],
    &[("Sec-Fetch-Site", "cross-site")],
    &[("Sec-Fetch-Site", "same-site")],
    &[("Sec-Fetch-Site", "cross-site"), ("Origin", "http://127.0.0.1:1")],
];

fn saying(wire: Wire, headers: &[(&str, &str)]) -> Wire {
    headers.iter().fold(wire, |wire, (name, value)| wire.header(name, value))
}

/// What would change something, by every method there is.
fn changes<'w>(browser: &Browser<'w>) -> [Wire; 3] {
    [
        browser.wire("POST", "/projects", &json!({ "name": "theirs" })),
        browser.wire("PATCH", "/projects/hers", &json!({ "rotate_after_days": 1 })),
        browser.wire("DELETE", "/projects/hers", &serde_json::Value::Null),
    ]
}

/// Ada, who has a project, and nothing of hers changes when her browser sends this.
fn repels(scene: &Scene, ada: &Person<'_>, wire: &Wire) {
    scene.repels("request_forged", "ada", "session use", || ada.browser.send(wire));
}

fn ada(scene: &Scene) -> Person<'_> {
    let ada = scene.person("ada", "owner");
    assert_eq!(ada.ask("POST", "/projects", &json!({ "name": "hers" })).status, 201);
    ada
}

#[test]
fn the_api_changes_nothing_without_the_token_of_this_very_session() {
    let scene = Scene::new();
    let ada = ada(&scene);
    let (elsewhere, bob) = (ada.again(), scene.person("bob", "owner"));
    for csrf in ["", "wrong", &elsewhere.browser.csrf, &bob.browser.csrf] {
        let browser = Browser { csrf: csrf.to_owned(), ..ada.browser.clone() };
        changes(&browser).iter().for_each(|wire| repels(&scene, &ada, wire));
    }
    let mut unsaid = ada.browser.wire("POST", "/projects", &json!({ "name": "theirs" }));
    unsaid.headers.retain(|(name, _)| name != "X-Keyward-CSRF");
    repels(&scene, &ada, &unsaid);
}

#[test]
fn the_api_changes_nothing_for_a_page_of_another_site_whatever_it_knows() {
    let scene = Scene::new();
    let ada = ada(&scene);
    for foreign in FOREIGN {
        changes(&ada.browser).into_iter().for_each(|wire| repels(&scene, &ada, &saying(wire, foreign)));
    }
}

#[test]
fn a_form_of_the_console_is_taken_only_with_the_token_of_this_very_session() {
    let scene = Scene::new();
    let (ada, bob) = (ada(&scene), scene.person("bob", "owner"));
    for csrf in ["", "wrong", &ada.again().browser.csrf, &bob.browser.csrf] {
        let browser = Browser { csrf: csrf.to_owned(), ..ada.browser.clone() };
        repels(&scene, &ada, &browser.page_form("/projects/new", &[("name", "theirs")]));
        repels(&scene, &ada, &browser.page_form("/sign-out", &[]));
    }
    let unsaid = ada.browser.form("/projects/new", &[("name", "theirs")]);
    repels(&scene, &ada, &unsaid.header("Sec-Fetch-Site", "same-origin"));
    assert!(ada.is_in());
}

#[test]
fn a_form_of_the_console_is_taken_only_from_its_own_pages() {
    let scene = Scene::new();
    let ada = ada(&scene);
    let form = ada.browser.form("/projects/new", &[("name", "theirs"), ("csrf", &ada.browser.csrf)]);
    for foreign in FOREIGN.into_iter().chain([&[][..], &[("Sec-Fetch-Site", "none")]]) {
        repels(&scene, &ada, &saying(form.clone(), foreign));
    }
    let own = ada.browser.page_form("/projects/new", &[("name", "more")]);
    assert_eq!(ada.browser.send(&own).status, 303, "what the others lacked");
}

#[test]
fn nobody_is_signed_in_by_a_page_of_another_site() {
    let scene = Scene::new();
    let ada = ada(&scene);
    scene.world.pass_s(30);
    let code = ada.code();
    let fields = [("name", "ada"), ("password", PASSWORD), ("code", &*code)];
    for foreign in FOREIGN {
        let form = Browser::new(&scene.world).form("/sign-in", &fields);
        for wire in [form, ada.attempt(PASSWORD, &code)] {
            scene.ignores("request_forged", || ada.browser.send(&saying(without_cookie(wire), foreign)));
        }
    }
    assert_eq!(ada.browser.send(&ada.attempt(PASSWORD, &code)).status, 200, "what the others lacked");
}

fn without_cookie(mut wire: Wire) -> Wire {
    wire.headers.retain(|(name, _)| name != "Cookie");
    wire
}

#[test]
fn no_other_site_reads_anything() {
    let scene = Scene::new();
    let ada = ada(&scene);
    let asked = [("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST")];
    for method in ["GET", "OPTIONS"] {
        let wire = saying(ada.browser.wire(method, "/projects", &serde_json::Value::Null), &asked);
        let reply = ada.browser.send(&wire);
        assert!(!reply.head.to_lowercase().contains("access-control-"), "{reply:?}");
    }
}

#[test]
fn what_a_form_of_another_site_could_send_is_no_json() {
    let scene = Scene::new();
    let ada = ada(&scene);
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let mut wire = ada.browser.wire("POST", "/projects", &json!({ "name": "theirs" }));
        wire.headers.retain(|(name, _)| name != "Content-Type");
        scene.ignores("malformed", || ada.browser.send(&wire.clone().header("Content-Type", kind)));
    }
}
