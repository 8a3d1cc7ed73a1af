//! People and programs at the control port: invitation, password, device, session, token, and those who have none of it.

mod browser;

use serde_json::{Value, json};

pub(crate) use self::browser::{Browser, Device, PASSWORD};
use crate::leaks::{files, found};
use crate::wire::Wire;
use crate::world::World;

fn link(world: &World, name: &str, role: &str) -> String {
    let invited = world.operate(&["operator", "invite", name, "--role", role]);
    let url = invited["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/invitation/kwi_", world.server.control)), "{url}");
    invited["invitation"].as_str().unwrap().to_owned()
}

#[test]
fn an_owner_comes_in_by_a_link_and_works_with_a_session_and_a_second_factor() {
    let world = World::start();
    let mut ada = Browser::new(&world);
    let link = link(&world, "ada", "owner");
    let used = ada.join(&link).code;
    let again = Browser::new(&world).ask(
        "POST",
        "/invitation/accept",
        &json!({ "invitation": link, "password": PASSWORD }),
    );
    assert_eq!(again.json()["code"], "invitation_invalid");
    assert_eq!(ada.ask("GET", "/keys", &Value::Null).status, 200);
    let project = ada.ask("POST", "/projects", &json!({ "name": "hers" }));
    assert_eq!(project.status, 201, "{project:?}");
    let last = &world.operate(&["audit", "tail", "--limit", "1"]).to_string();
    assert!(last.contains("ada") && last.contains("project add"), "{last}");
    let wrong = ada.ask("POST", "/session/step-up", &json!({ "code": used }));
    assert_eq!(wrong.json()["code"], "code_wrong", "{wrong:?}");
    let stranger = Browser::new(&world).ask("GET", "/keys", &Value::Null);
    assert_eq!(stranger.status, 401);
    assert_eq!(ada.ask("DELETE", "/session", &Value::Null).status, 200);
    assert_eq!(ada.ask("GET", "/keys", &Value::Null).status, 401);
}

#[test]
fn a_browser_that_another_site_has_in_hand_changes_nothing() {
    let world = World::start();
    let mut ada = Browser::new(&world);
    ada.join(&link(&world, "ada", "owner"));
    let add = json!({ "name": "theirs" });
    let forged = |wire: Wire| ada.send(&wire).json()["code"].clone();
    assert_eq!(
        forged(ada.wire("POST", "/projects", &add).header("Origin", "https://evil.example")),
        "request_forged"
    );
    assert_eq!(
        forged(ada.wire("POST", "/projects", &add).header("Sec-Fetch-Site", "cross-site")),
        "request_forged"
    );
    let unsaid = Browser { csrf: String::new(), ..ada.clone() };
    assert_eq!(unsaid.send(&unsaid.wire("POST", "/projects", &add)).json()["code"], "request_forged");
    // A cookie that was planted before the sign-in is no session after it.
    let planted = Browser { cookie: "__Host-keyward=planted".to_owned(), ..Browser::new(&world) };
    assert_eq!(planted.send(&planted.wire("GET", "/keys", &Value::Null)).status, 401);
}

#[test]
fn a_program_works_with_a_token_in_its_role_and_from_its_addresses() {
    let world = World::start();
    let made = world.operate(&["token", "create", "ci", "--role", "trader", "--ip", "127.0.0.1"]);
    let bearer = format!("Bearer {}", made["bearer"].as_str().unwrap());
    let ask = |method, path: &str, from| {
        let wire = Wire::bare(method, path).header("Authorization", &bearer).from(from);
        wire.send_under(&world.server.control, "/api/v1")
    };
    assert_eq!(ask("GET", "/keys", "127.0.0.1").status, 200);
    assert_eq!(ask("GET", "/audit", "127.0.0.1").json()["code"], "role_lacks_right");
    assert_eq!(ask("GET", "/keys", "127.0.0.2").json()["code"], "token_refused");
    assert_eq!(ask("GET", "/session", "127.0.0.1").json()["role"], "trader");
    world.operate(&["token", "revoke", "ci"]);
    assert_eq!(ask("GET", "/keys", "127.0.0.1").json()["code"], "token_refused");
}

#[test]
fn what_people_and_programs_show_is_left_nowhere() {
    let world = World::start();
    let mut ada = Browser::new(&world);
    let link = link(&world, "ada", "owner");
    let joined = ada.join(&link);
    ada.ask("POST", "/session/step-up", &json!({ "code": joined.recovery[0] }));
    let made = world.operate(&["token", "create", "ci", "--role", "viewer"]);
    let bearer = made["bearer"].as_str().unwrap().to_owned();
    let keys = Wire::bare("GET", "/keys").header("Authorization", &format!("Bearer {bearer}"));
    assert_eq!(keys.send_under(&world.server.control, "/api/v1").status, 200);
    let session = ada.cookie.trim_start_matches("__Host-keyward=").to_owned();
    let mut texts = files(world.data.path());
    texts.push(("the log at trace level".to_owned(), world.server.log().into_bytes()));
    assert!(!found(made["id"].as_str().unwrap(), &texts).is_empty(), "the search finds what is there");
    for secret in [PASSWORD, &link, &joined.device.0, &joined.recovery[0], &bearer, &session] {
        assert_eq!(found(secret, &texts), Vec::<String>::new());
    }
}
