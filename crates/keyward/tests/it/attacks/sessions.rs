//! Sessions: one that was planted is none, and one that is over stays over, whatever ended it.

use serde_json::{Value, json};

use super::scene::{Person, Scene};
use crate::people::{Browser, Device, PASSWORD};
use crate::wire::Reply;

/// What nobody may do whose session is over.
fn adds_a_project(who: &Person<'_>) -> Reply {
    who.ask("POST", "/projects", &json!({ "name": "theirs" }))
}

/// Ends a session of Ada's in some way; it does nothing any more, and what ended it is on record.
fn is_over_after(scene: &Scene, ada: &Person<'_>, operation: &str, end: impl FnOnce()) {
    assert!(ada.is_in());
    end();
    scene.ignores("unauthenticated", || adds_a_project(ada));
    assert_eq!(ada.ask("GET", "/session", &Value::Null).status, 401);
    let page = ada.browser.send(&ada.browser.page_form("/projects/new", &[("name", "theirs")]));
    assert!(page.header("location").is_some_and(|to| to.starts_with("/sign-in")), "{page:?}");
    assert!(scene.log().iter().any(|entry| entry["operation"] == operation), "{operation} is not on record");
}

#[test]
fn a_planted_cookie_is_no_session_and_not_the_one_after_a_sign_in() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    scene.world.pass_s(30);
    let planted = format!("__Host-keyward={}", "A".repeat(43));
    let mut victim = Browser { cookie: planted.clone(), ..Browser::new(&scene.world) };
    let input = json!({ "name": "ada", "password": PASSWORD, "code": ada.code() });
    assert_eq!(victim.ask("POST", "/session", &input).status, 200);
    assert_ne!(victim.cookie, planted);
    let thief = Person { browser: Browser { cookie: planted, ..victim.clone() }, ..ada.clone() };
    scene.ignores("unauthenticated", || adds_a_project(&thief));
}

#[test]
fn the_session_of_somebody_else_in_ones_browser_does_not_become_ones_own() {
    let scene = Scene::new();
    let (ada, mallory) = (scene.person("ada", "owner"), scene.person("mallory", "viewer"));
    scene.world.pass_s(30);
    let mut victim = mallory.browser.clone();
    let input = json!({ "name": "ada", "password": PASSWORD, "code": ada.code() });
    assert_eq!(victim.ask("POST", "/session", &input).status, 200);
    assert_ne!(victim.cookie, mallory.browser.cookie);
    assert_eq!(victim.ask("GET", "/session", &Value::Null).json()["name"], "ada");
    scene.repels("role_lacks_right", "mallory", "project add", || adds_a_project(&mallory));
    // One cookie that was planted beside the right one makes both worthless: nobody can tell which is whose.
    let both = format!("{}; {}", mallory.browser.cookie, victim.cookie);
    let both = Person { browser: Browser { cookie: both, ..victim }, ..ada };
    scene.ignores("unauthenticated", || adds_a_project(&both));
}

#[test]
fn the_session_before_the_second_factor_ends_with_it_and_did_nothing() {
    let scene = Scene::new();
    let link = scene.invitation("ada", "owner");
    let mut browser = Browser::new(&scene.world);
    let accept = json!({ "invitation": link, "password": PASSWORD });
    assert_eq!(browser.ask("POST", "/invitation/accept", &accept).status, 200);
    let early = browser.clone();
    let add = early.wire("POST", "/projects", &json!({ "name": "theirs" }));
    scene.ignores("unauthenticated", || early.send(&add));
    let offer = browser.ask("POST", "/second-factor", &Value::Null).json();
    let code = Device(offer["secret"].as_str().unwrap().to_owned()).code(&scene.world);
    let confirm = json!({ "ticket": offer["ticket"], "code": code, "password": PASSWORD });
    assert_eq!(browser.ask("POST", "/second-factor/confirm", &confirm).status, 200);
    assert_ne!(browser.cookie, early.cookie);
    assert_eq!(early.send(&early.wire("GET", "/session", &Value::Null)).status, 401);
    assert!(scene.has_on_record("ada", "device change"));
}

#[test]
fn whatever_an_operator_does_to_end_a_session_ends_it() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    let does = |who: &Person<'_>, method, path: &str, input: &Value| {
        let reply = who.ask(method, path, input);
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    let other = ada.again();
    is_over_after(&scene, &other, "session sign-out", || does(&other, "DELETE", "/session", &Value::Null));
    let other = ada.again();
    is_over_after(&scene, &other, "session end", || does(&ada, "DELETE", "/sessions", &Value::Null));
    let other = ada.again();
    is_over_after(&scene, &other, "session end", || {
        let sessions = ada.ask("GET", "/sessions", &Value::Null).json();
        let one = sessions.as_array().unwrap().iter().find(|one| one["is_this"] == false).unwrap();
        does(&ada, "DELETE", &format!("/sessions/{}", one["id"].as_str().unwrap()), &Value::Null);
    });
    let other = ada.again();
    is_over_after(&scene, &ada, "password change", || {
        let change = json!({ "old": PASSWORD, "new": "another otter violin granite" });
        does(&other, "POST", "/session/password", &change);
    });
    assert!(other.is_in(), "the session that changed the password goes on");
}

#[test]
fn whatever_is_done_to_an_operator_ends_his_sessions() {
    let scene = Scene::new();
    let host = scene.world.operator();
    let role = json!({ "role": "viewer" });
    let ways = [
        ("ada", "operator role", "/operators/ada/role", &role),
        ("bob", "operator suspend", "/operators/bob/suspend", &Value::Null),
        ("eve", "operator remove", "/operators/eve", &Value::Null),
    ];
    scene.person("root", "owner");
    for (name, operation, path, input) in ways {
        let person = scene.person(name, "administrator");
        is_over_after(&scene, &person, operation, || {
            let method = if operation == "operator remove" { "DELETE" } else { "POST" };
            host.call(method, path, input);
        });
    }
}

#[test]
fn a_session_that_nobody_uses_ends_by_itself_and_so_does_every_session_within_a_day() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    is_over_after(&scene, &ada, "device change", || scene.world.pass_s(3_601));
    let busy = ada.again();
    is_over_after(&scene, &busy, "session sign-in", || {
        for _ in 0..28 {
            scene.world.pass_s(3_000);
            assert!(busy.is_in(), "not a day yet");
        }
        scene.world.pass_s(2_500);
    });
}
