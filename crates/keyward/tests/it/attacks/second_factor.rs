//! A session whose second factor was shown a while ago, and a program that has none: neither does what asks for a fresh one.
//!
//! What asks for one is read from the table of operations, and from what the API says of its routes, so that a new one is
//! tried too or fails here.

use keyward_policy::{Operation, Proof};
use serde_json::{Value, json};

use super::scene::Scene;
use crate::people::PASSWORD;
use crate::wire::Wire;
use crate::world::Setup;

/// A route, and what is sent there.
type Route = (&'static str, &'static str, Value);

/// What is done on pages alone, where a browser goes to another site and comes back; the operation's own tests try it.
const ON_PAGES: [Operation; 1] = [Operation::IdentityLink];

/// By which routes each operation is asked for that needs a fresh second factor.
fn routes(operation: Operation) -> Vec<Route> {
    let of_people = routes_of_people(operation);
    let routes = if of_people.is_empty() { routes_of_keys(operation) } else { of_people };
    assert!(!routes.is_empty(), "{operation} needs a fresh second factor, and is not tried");
    routes
}

fn routes_of_people(operation: Operation) -> Vec<Route> {
    use Operation as Op;
    let (nothing, role) = (Value::Null, json!({ "role": "viewer" }));
    match operation {
        Op::OperatorInvite => vec![("POST", "/operators", json!({ "name": "mallory", "role": "viewer" }))],
        Op::OperatorRole => vec![("POST", "/operators/bob/role", role)],
        Op::OperatorSuspend => vec![("POST", "/operators/bob/suspend", nothing)],
        Op::OperatorResume => vec![("POST", "/operators/bob/resume", nothing)],
        Op::OperatorRemove => vec![("DELETE", "/operators/bob", nothing)],
        Op::TokenCreate => vec![("POST", "/tokens", json!({ "name": "more", "role": "viewer" }))],
        Op::PasswordChange => {
            let change = json!({ "old": PASSWORD, "new": "another otter violin granite" });
            vec![("POST", "/session/password", change)]
        }
        Op::DeviceChange => {
            let confirm = json!({ "ticket": "x", "code": "000000", "password": PASSWORD });
            vec![("POST", "/second-factor", nothing), ("POST", "/second-factor/confirm", confirm)]
        }
        Op::RecoveryRenew => vec![("POST", "/second-factor/recovery-codes", nothing)],
        Op::PasskeyAdd => {
            let mut passkey = json!({ "name": "x", "id": "x", "client_data": "x", "algorithm": -7 });
            passkey["authenticator_data"] = "x".into();
            passkey["public_key"] = "x".into();
            vec![("POST", "/passkeys/begin", nothing), ("POST", "/passkeys", passkey)]
        }
        Op::PasskeyRemove => vec![("DELETE", "/passkeys/x", nothing)],
        Op::IdentityUnlink => vec![("DELETE", "/identity", nothing)],
        _ => vec![],
    }
}

fn routes_of_keys(operation: Operation) -> Vec<Route> {
    use Operation as Op;
    let (nothing, passphrase) = (Value::Null, json!({ "passphrase": "a passphrase that a thief chose" }));
    match operation {
        Op::VaultUnseal => vec![("POST", "/vault/unseal", passphrase)],
        Op::VaultRekey => vec![("POST", "/vault/rekey", json!({ "old": passphrase, "new": passphrase }))],
        Op::VenueAdd => vec![("POST", "/venues", json!({ "name": "mine", "dialect": "binance" }))],
        Op::CredentialAdd => {
            let add = json!({ "name": "x", "venue": "binance", "api_key": "x", "secret": "x" });
            vec![("POST", "/credentials", add)]
        }
        Op::CredentialGenerate => {
            vec![("POST", "/credentials/generate", json!({ "name": "x", "venue": "binance" }))]
        }
        Op::CredentialApiKey => vec![("POST", "/credentials/desk/api-key", json!({ "api_key": "x" }))],
        Op::KeyCreate => {
            let mut key = json!({ "name": "x", "project": "bots", "credentials": ["desk"] });
            key["allow"] = json!(["withdraw"]);
            vec![("POST", "/keys", key)]
        }
        Op::KeyRotate => vec![("POST", "/keys/wide/rotate", nothing)],
        Op::KeyResume => vec![("POST", "/keys/asleep/resume", nothing)],
        Op::KeyUpdate => vec![
            ("PATCH", "/keys/narrow", json!({ "ip": [] })),
            ("PATCH", "/keys/wide", json!({ "ip": ["203.0.113.7"] })),
        ],
        Op::ApprovalApprove => vec![("POST", "/approvals/apr_x/approve", nothing)],
        Op::ConsentGive => vec![("POST", "/consents/x/give", nothing)],
        Op::ConsentUse => vec![("POST", "/consents/x/use", nothing)],
        Op::Reopen => vec![("POST", "/reopen", nothing)],
        _ => vec![],
    }
}

fn dangerous() -> impl Iterator<Item = (Operation, Route)> {
    let operations = Operation::ALL.iter().filter(|one| one.proof() != Proof::SignedIn);
    let operations = operations.filter(|one| !ON_PAGES.contains(one));
    operations.flat_map(|one| routes(*one).into_iter().map(|route| (*one, route)))
}

/// What asks for one only where it takes two operators.
fn dangerous_in_four_eyes() -> [(Operation, Route); 1] {
    let less = json!({ "four_eyes": false });
    [(Operation::ProjectUpdate, ("PATCH", "/projects/bots", less))]
}

/// The routes that may ask for one, as the API itself says.
fn described(scene: &Scene) -> Vec<(String, String)> {
    let document = Wire::bare("GET", "/api/openapi.json").send_under(&scene.world.server.control, "").json();
    let asks = |operation: &Value| {
        let refusal = &operation["responses"]["403"];
        let shared = refusal["$ref"].as_str().and_then(|at| document.pointer(&at[1..]));
        shared.unwrap_or(refusal).to_string().contains("second_factor_needed")
    };
    let paths = document["paths"].as_object().unwrap().iter();
    let all = paths.flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |one| (path, one)));
    let asking = all.filter(|(_, (_, operation))| asks(operation));
    asking.map(|(path, (method, _))| (method.to_uppercase(), path["/api/v1".len()..].to_owned())).collect()
}

/// Whether a path is of a route.
fn is_of(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    let mut parts = route.iter().zip(&path);
    route.len() == path.len() && parts.all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
}

#[test]
fn every_route_that_asks_for_a_second_factor_is_tried() {
    let tried: Vec<_> = dangerous().chain(dangerous_in_four_eyes()).map(|(_, route)| route).collect();
    let described = described(&Scene::new());
    assert!(described.len() > 20, "{described:?}");
    for (method, route) in described {
        let is_tried = tried.iter().any(|(by, path, _)| *by == method && is_of(&route, path));
        assert!(is_tried, "{method} {route} is not tried");
    }
}

fn scene() -> Scene {
    let scene = Scene::with(Setup::BINANCE);
    scene.world.key("wide", &["--allow", "read,withdraw"]);
    scene.world.key("asleep", &["--allow", "read,withdraw"]);
    scene.world.operate(&["key", "suspend", "asleep"]);
    scene.world.key("narrow", &["--allow", "read,trade", "--ip", "203.0.113.7"]);
    scene
}

#[test]
fn no_route_takes_a_second_factor_that_was_shown_a_while_ago() {
    let scene = scene();
    let (ada, _bob) = (scene.person("ada", "owner"), scene.person("bob", "trader"));
    scene.world.pass_s(301);
    let mut tried = 0;
    for (operation, (method, path, input)) in dangerous() {
        let attack = || ada.ask(method, path, &input);
        scene.repels("second_factor_needed", "ada", operation.name(), attack);
        tried += 1;
    }
    assert!(tried > 20, "{tried} are too few");
    let code = json!({ "code": ada.code() });
    assert_eq!(ada.ask("POST", "/session/step-up", &code).status, 200);
    assert_eq!(ada.ask("POST", "/tokens", &json!({ "name": "more", "role": "viewer" })).status, 201);
}

#[test]
fn nor_do_those_that_ask_for_it_in_a_project_of_four_eyes() {
    let scene = scene();
    let (ada, _bob) = (scene.person("ada", "owner"), scene.person("bob", "owner"));
    scene.world.operate(&["project", "update", "bots", "--four-eyes", "yes"]);
    scene.world.pass_s(301);
    for (operation, (method, path, input)) in dangerous_in_four_eyes() {
        let attack = || ada.ask(method, path, &input);
        scene.repels("second_factor_needed", "ada", operation.name(), attack);
    }
}

#[test]
fn no_program_does_what_asks_for_a_second_factor() {
    let scene = scene();
    let (_bob, token) = (scene.person("bob", "trader"), scene.token("all", "owner"));
    for (operation, (method, path, input)) in dangerous() {
        let attack = || scene.program(&token, method, path, &input);
        let is_ones_own =
            ["/session/", "/second-factor", "/passkeys", "/identity"].iter().any(|own| path.starts_with(own));
        if is_ones_own {
            scene.ignores("session_over", attack);
        } else {
            scene.repels("second_factor_needed", "all", operation.name(), attack);
        }
    }
}

#[test]
fn a_second_factor_that_is_shown_in_one_session_counts_in_no_other() {
    let scene = Scene::new();
    let ada = scene.person("ada", "owner");
    scene.world.pass_s(301);
    ada.again();
    let token = json!({ "name": "theirs", "role": "owner" });
    scene.repels("second_factor_needed", "ada", "token create", || ada.ask("POST", "/tokens", &token));
}
