//! Codes and recovery codes: good once, and not to be guessed; and who guesses keeps nobody out but himself.

use serde_json::{Value, json};

use super::scene::{Person, Scene};
use crate::people::PASSWORD;
use crate::wire::{Reply, Wire};

/// Networks that nobody has signed in from.
const ELSEWHERE: [&str; 10] = [
    "127.0.0.10",
    "127.0.0.11",
    "127.0.0.12",
    "127.0.0.13",
    "127.0.0.14",
    "127.0.0.15",
    "127.0.0.16",
    "127.0.0.17",
    "127.0.0.18",
    "127.0.0.19",
];

/// A sign-in with the right password.
fn signs_in(who: &Person<'_>, code: &str, from: &'static str) -> Reply {
    who.browser.send(&who.attempt(PASSWORD, code).from(from))
}

fn step_up(who: &Person<'_>, code: &str) -> Wire {
    who.browser.wire("POST", "/session/step-up", &json!({ "code": code }))
}

/// A code that is not the one.
fn wrong(who: &Person<'_>) -> &'static str {
    if who.code() == "000000" { "000001" } else { "000000" }
}

/// Whoever shows this code once more comes in nowhere by it.
fn is_used_up(scene: &Scene, ada: &Person<'_>, code: &str) {
    let home = "127.0.0.1";
    scene.repels("code_wrong", "ada", "session sign-in", || signs_in(ada, code, home));
    scene.repels("code_wrong", "ada", "second factor", || ada.browser.send(&step_up(ada, code)));
    let fields = [("name", "ada"), ("password", PASSWORD), ("code", code)];
    let page = ada.browser.send(&ada.browser.page_form("/sign-in", &fields));
    assert_eq!((page.status, page.header("set-cookie")), (403, None), "{page:?}");
}

#[test]
fn a_code_that_was_used_is_worth_nothing_nor_is_one_before_it() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    is_used_up(&scene, &ada, &ada.used);
    scene.world.pass_s(30);
    let skipped = ada.code();
    let later = ada.again();
    is_used_up(&scene, &later, &later.used);
    later.again();
    is_used_up(&scene, &later, &skipped);
}

#[test]
fn a_recovery_code_that_was_used_or_replaced_is_worth_nothing() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    assert_eq!(signs_in(&ada, &ada.recovery[0], "127.0.0.1").status, 200);
    is_used_up(&scene, &ada, &ada.recovery[0]);
    assert_eq!(ada.browser.send(&step_up(&ada, &ada.recovery[1])).status, 200);
    is_used_up(&scene, &ada, &ada.recovery[1]);
    ada.again();
    assert_eq!(ada.ask("POST", "/second-factor/recovery-codes", &Value::Null).status, 200);
    is_used_up(&scene, &ada, &ada.recovery[2]);
}

#[test]
fn who_guesses_codes_at_the_door_is_stopped_and_keeps_nobody_else_out() {
    let scene = Scene::new();
    let (ada, bob) = (scene.person("ada", "owner"), scene.person("bob", "owner"));
    scene.world.pass_s(30);
    let thief = "127.0.0.66";
    for _ in 0..5 {
        scene.repels("code_wrong", "ada", "session sign-in", || signs_in(&ada, wrong(&ada), thief));
    }
    scene.ignores("too_many_attempts", || signs_in(&ada, &ada.code(), thief));
    assert_eq!(signs_in(&bob, &bob.code(), thief).status, 200, "somebody else in the thief's own house");
    assert_eq!(signs_in(&ada, &ada.code(), "127.0.0.1").status, 200, "Ada, at home");
}

#[test]
fn who_guesses_codes_from_everywhere_is_stopped_and_keeps_nobody_else_out() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    scene.world.pass_s(30);
    for thief in ELSEWHERE {
        scene.repels("code_wrong", "ada", "session sign-in", || signs_in(&ada, wrong(&ada), thief));
    }
    let late = || signs_in(&ada, &ada.code(), "127.0.0.66");
    scene.repels("too_many_attempts", "ada", "session sign-in", late);
    assert_eq!(signs_in(&ada, &ada.code(), "127.0.0.1").status, 200, "Ada, at home");
}

#[test]
fn who_has_stolen_a_session_does_not_guess_its_code_from_everywhere_either() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    scene.world.pass_s(301);
    let guess = |from, code: &str| ada.browser.send(&step_up(&ada, code).from(from));
    for thief in ELSEWHERE {
        scene.repels("code_wrong", "ada", "second factor", || guess(thief, wrong(&ada)));
    }
    scene.repels("too_many_attempts", "ada", "second factor", || guess("127.0.0.66", &ada.code()));
    let token = json!({ "name": "theirs", "role": "owner" });
    scene.repels("second_factor_needed", "ada", "token create", || ada.ask("POST", "/tokens", &token));
    assert_eq!(guess("127.0.0.1", &ada.code()).status, 200, "Ada, at home");
}
