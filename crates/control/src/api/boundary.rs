//! The boundary: what a trader whose role is bound to one project can do to what belongs to another. Every operation of the
//! matrix that he has the right to is tried, and nothing but an "unknown" comes back.

use keyward_policy::{Actor, Authority, Key, Operation, ProjectId, Reach, Role};
use serde_json::{Value, json};

use super::matrix::asked;
use crate::fixture::Fixture;
use crate::fixture::people::Person;

/// Two desks, each with a project, a real key and a key of its own. The actor is a trader of `ours`.
struct Desks {
    fixture: Fixture,
    ours: ProjectId,
    theirs: Key,
}

async fn desk(fixture: &Fixture, name: &str) -> ProjectId {
    let project = fixture.project(name).await;
    let credential = json!({ "name": format!("{name}-real"), "venue": "binance", "project": name, "api_key": "REALKEY", "secret": crate::fixture::SECRET });
    assert_eq!(fixture.call("POST", "/credentials", credential).await.status, 201);
    assert_eq!(fixture.call("POST", "/keys", key(&format!("{name}-bot"), name, name)).await.status, 201);
    project.id
}

fn key(name: &str, project: &str, credential: &str) -> Value {
    json!({
        "name": name, "project": project, "credentials": [format!("{credential}-real")],
        "allow": ["read", "trade"], "ip": ["203.0.113.7"],
    })
}

fn trader(project: ProjectId) -> Actor {
    let reach = Reach::Projects(vec![project]);
    let authority = Authority::Operator { role: Role::Trader, reach, is_fresh: true };
    Actor { name: "ada".to_owned(), via: "test", consented_by: None, authority }
}

impl Desks {
    async fn new() -> Self {
        let mut fixture = Fixture::new().await;
        fixture.venue("binance").await;
        let ours = desk(&fixture, "ours").await;
        desk(&fixture, "theirs").await;
        fixture.credential("everybodys", "binance").await;
        let theirs = fixture.control.store.find_key("theirs-bot").await.unwrap();
        fixture.actor = trader(ours);
        Self { fixture, ours, theirs }
    }

    /// As `asked`, about what is theirs.
    fn about_theirs(&self, path: &str, ids: &[(&str, String)]) -> Option<String> {
        let (kind, rest) = path.strip_prefix('/')?.split_once("/x")?;
        let id = match kind {
            "keys" => "theirs-bot",
            "projects" => "theirs",
            "credentials" => "theirs-real",
            _ => ids.iter().find(|(known, _)| *known == kind)?.1.as_str(),
        };
        Some(format!("/{kind}/{id}{rest}"))
    }

    async fn code(&self, method: &str, path: &str, input: Value) -> String {
        let answered = self.fixture.call(method, path, input).await;
        answered.body["code"].as_str().unwrap_or("done").to_owned()
    }

    async fn count(&self, path: &str) -> usize {
        self.fixture.call("GET", path, Value::Null).await.body["items"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn what_belongs_to_another_project_is_unknown_to_every_operation() {
    let mut desks = Desks::new().await;
    let approval = desks.fixture.held(&desks.theirs);
    let consent = consent(&mut desks).await;
    let ids = [("approvals", approval.to_string()), ("consents", consent)];
    let mut tried = 0;
    for operation in Operation::ALL.iter().filter(|one| Role::Trader.has(one.right())) {
        let Some((method, path, input)) = asked(*operation) else { continue };
        let Some(path) = desks.about_theirs(path, &ids) else { continue };
        let code = desks.code(method, &path, input).await;
        assert!(code.ends_with("_unknown"), "{operation} {path}: {code}");
        tried += 1;
    }
    assert!(tried >= 20, "only {tried} operations were tried");
    assert_eq!(desks.fixture.control.store.find_key("theirs-bot").await.unwrap(), desks.theirs);
}

/// A change of theirs that waits for a second operator.
async fn consent(desks: &mut Desks) -> String {
    let bound = std::mem::replace(&mut desks.fixture.actor, Actor::on_host("tester", "test"));
    for name in ["grace", "eve"] {
        Person::enrolled(&desks.fixture, name, "owner").await;
    }
    desks.fixture.call("PATCH", "/projects/theirs", json!({ "four_eyes": true })).await;
    let asked = desks.fixture.call("PATCH", "/keys/theirs-bot", json!({ "ip": [] })).await;
    assert_eq!(asked.body["code"], "consent_needed");
    desks.fixture.actor = bound;
    desks.fixture.control.store.consents(desks.fixture.control.now()).await.unwrap()[0].id.to_string()
}

#[tokio::test]
async fn lists_hold_what_is_ones_own_and_nothing_else() {
    let mut desks = Desks::new().await;
    desks.fixture.held(&desks.theirs);
    consent(&mut desks).await;
    for (path, count) in
        [("/keys", 1), ("/projects", 1), ("/credentials", 1), ("/approvals", 0), ("/consents", 0)]
    {
        assert_eq!(desks.count(path).await, count, "{path}");
    }
    assert_eq!(desks.code("GET", "/keys?project=theirs", Value::Null).await, "project_unknown");
    assert_eq!(desks.code("GET", "/keys?credential=theirs-real", Value::Null).await, "credential_unknown");
    let found = desks.fixture.call("GET", "/key-safety", Value::Null).await.body.to_string();
    assert!(!found.contains("theirs") && !found.contains("everybodys"), "{found}");
}

#[tokio::test]
async fn a_key_is_issued_in_ones_own_project_on_its_own_real_key() {
    let desks = Desks::new().await;
    for (project, credential, code) in [
        ("theirs", "theirs", "project_unknown"),
        ("ours", "theirs", "credential_unknown"),
        ("ours", "ours", "done"),
    ] {
        assert_eq!(desks.code("POST", "/keys", key("new", project, credential)).await, code);
    }
    let everybodys =
        json!({ "name": "free", "project": "ours", "credentials": ["everybodys"], "allow": ["read"] });
    assert_eq!(desks.code("POST", "/keys", everybodys).await, "credential_unknown", "nobody gave it to them");
}

#[tokio::test]
async fn even_who_reaches_all_gives_no_project_the_real_key_of_another() {
    let mut desks = Desks::new().await;
    desks.fixture.actor = Actor::on_host("tester", "test");
    assert_eq!(desks.code("POST", "/keys", key("x", "ours", "theirs")).await, "credential_elsewhere");
}

#[tokio::test]
async fn one_stops_what_is_ones_own_and_not_the_whole_door() {
    let desks = Desks::new().await;
    for (path, input) in [
        ("/kill", json!({ "all": true })),
        ("/kill", json!({ "credential": "ours-real" })),
        ("/vault/seal", Value::Null),
    ] {
        assert_eq!(desks.code("POST", path, input).await, "role_lacks_right", "{path}");
        assert_eq!(desks.fixture.last_change()["details"]["refused"], "role_lacks_right");
    }
    assert_eq!(desks.code("POST", "/kill", json!({ "key": "theirs-bot" })).await, "key_unknown");
    assert_eq!(desks.code("POST", "/kill", json!({ "project": "theirs" })).await, "project_unknown");
    assert_eq!(desks.code("POST", "/kill", json!({ "project": "ours" })).await, "done");
    assert_eq!(desks.ours, desks.fixture.control.store.project("ours").await.unwrap().id);
}
