//! Rising: nobody makes himself, another or a program more than he is.

use keyward_policy::{Operation, Right};
use serde_json::{Value, json};

use super::scene::{Person, Scene};

/// What an administrator must not do to or with an owner.
fn beyond_an_administrator() -> [(&'static str, &'static str, &'static str, Value); 8] {
    let (owner, viewer) = (json!({ "role": "owner" }), json!({ "role": "viewer" }));
    [
        ("operator invite", "POST", "/operators", json!({ "name": "mallory", "role": "owner" })),
        ("operator role", "POST", "/operators/bob/role", owner.clone()),
        ("operator role", "POST", "/operators/tom/role", owner),
        ("operator role", "POST", "/operators/ada/role", viewer),
        ("operator suspend", "POST", "/operators/ada/suspend", Value::Null),
        ("operator resume", "POST", "/operators/ada/resume", Value::Null),
        ("operator remove", "DELETE", "/operators/ada", Value::Null),
        ("token create", "POST", "/tokens", json!({ "name": "more", "role": "owner" })),
    ]
}

/// What nobody may do who has no right over people.
fn about_people() -> [(Operation, &'static str, &'static str, Value); 10] {
    use Operation as Op;
    let role = json!({ "role": "administrator" });
    [
        (Op::OperatorList, "GET", "/operators", Value::Null),
        (Op::OperatorShow, "GET", "/operators/ada", Value::Null),
        (Op::OperatorInvite, "POST", "/operators", json!({ "name": "mallory", "role": "administrator" })),
        (Op::OperatorRole, "POST", "/operators/tom/role", role),
        (Op::OperatorSuspend, "POST", "/operators/ada/suspend", Value::Null),
        (Op::OperatorResume, "POST", "/operators/ada/resume", Value::Null),
        (Op::OperatorRemove, "DELETE", "/operators/ada", Value::Null),
        (Op::TokenList, "GET", "/tokens", Value::Null),
        (Op::TokenCreate, "POST", "/tokens", json!({ "name": "more", "role": "viewer" })),
        (Op::TokenRevoke, "DELETE", "/tokens/ci", Value::Null),
    ]
}

fn people(scene: &Scene) -> [Person<'_>; 3] {
    [scene.person("ada", "owner"), scene.person("bob", "administrator"), scene.person("tom", "trader")]
}

#[test]
fn an_administrator_makes_no_owner_of_himself_of_another_or_of_a_program() {
    let scene = Scene::new();
    let [_ada, bob, _tom] = people(&scene);
    for (operation, method, path, input) in beyond_an_administrator() {
        scene.repels("role_lacks_right", "bob", operation, || bob.ask(method, path, &input));
    }
}

#[test]
fn the_forms_of_the_console_let_nobody_rise_either() {
    let scene = Scene::new();
    let [_ada, bob, tom] = people(&scene);
    for (who, operation, path, fields) in [
        (&bob, "operator invite", "/people/invite", &[("name", "mallory"), ("role", "owner")][..]),
        (&bob, "operator role", "/people/bob/role", &[("role", "owner")]),
        (&bob, "operator remove", "/people/ada/remove", &[]),
        (&bob, "token create", "/tokens/new", &[("name", "more"), ("role", "owner"), ("expires", "30d")]),
        (&tom, "operator role", "/people/tom/role", &[("role", "administrator")]),
    ] {
        let form = who.browser.page_form(path, fields);
        scene.repels("role_lacks_right", who.name, operation, || who.browser.send(&form));
    }
}

#[test]
fn who_has_no_right_over_people_has_none_over_himself() {
    let scene = Scene::new();
    let [_ada, _bob, tom] = people(&scene);
    let (vera, otto) = (scene.person("vera", "viewer"), scene.person("otto", "auditor"));
    scene.token("ci", "viewer");
    let tried: Vec<_> = about_people().into_iter().collect();
    let all = Operation::ALL.iter().filter(|one| one.right() == Right::People);
    assert!(all.clone().all(|one| tried.iter().any(|(operation, ..)| operation == one)), "one is not tried");
    for (operation, method, path, input) in tried {
        for who in [&tom, &vera, &otto] {
            let attack = || who.ask(method, path, &input);
            scene.repels("role_lacks_right", who.name, operation.name(), attack);
        }
    }
}

#[test]
fn a_program_never_rises_above_its_token_nor_above_who_made_it() {
    let scene = Scene::new();
    let [ada, bob, _tom] = people(&scene);
    let trader = scene.token("ci", "trader");
    for (operation, method, path, input) in about_people() {
        let attack = || scene.program(&trader, method, path, &input);
        scene.repels("role_lacks_right", "ci", operation.name(), attack);
    }
    // What needs a person no token does, whatever it may do beside.
    let owner = scene.token("all", "owner");
    for (operation, method, path, input) in beyond_an_administrator() {
        let attack = || scene.program(&owner, method, path, &input);
        scene.repels("second_factor_needed", "all", operation, attack);
    }
    let made = bob.ask("POST", "/tokens", &json!({ "name": "bobs", "role": "administrator" })).json();
    let bobs = format!("Bearer {}", made["bearer"].as_str().unwrap());
    let add = || scene.program(&bobs, "POST", "/projects", &json!({ "name": "theirs" }));
    assert_eq!(ada.ask("POST", "/operators/bob/role", &json!({ "role": "viewer" })).status, 200);
    scene.repels("role_lacks_right", "bobs", "project add", add);
    assert_eq!(ada.ask("DELETE", "/operators/bob", &Value::Null).status, 200);
    scene.repels("token_refused", "bobs", "token", add);
}
