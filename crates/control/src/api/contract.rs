//! The API's contract: what each call answers, exactly. Scripts rely on it; a change here is a change for them.

use axum::body::Body;
use axum::http::Request;
use keyward_dialect::RealKeyRights;
use keyward_policy::{Change, KeyState};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::fixture::people::Person;
use crate::fixture::{Answered, Fixture, PASSPHRASE, SECRET, sent};

/// Calls the API and compares the answer with the one on file.
macro_rules! answers {
    ($fixture:expr, $name:literal: $method:literal $path:expr) => {
        answers!($fixture, $name: $method $path, Value::Null)
    };
    ($fixture:expr, $name:literal: $method:literal $path:expr, $input:expr) => {{
        let answered = $fixture.call($method, $path, $input).await;
        assert!(is_described($method, $path, &answered), "docs/openapi.json does not tell of {answered:?}");
        insta::assert_json_snapshot!($name, on_file(answered));
    }};
}

/// Whether the API's description has the answer's status, and the code of its problem.
fn is_described(method: &str, path: &str, answered: &Answered) -> bool {
    let document = serde_json::to_value(super::routes().apart().1.document()).unwrap();
    let path = format!("/api/v1{}", path.split('?').next().unwrap());
    let paths = document["paths"].as_object().unwrap().iter();
    let Some((_, route)) =
        paths.filter(|(route, _)| is_of(route, &path)).min_by_key(|(route, _)| route.contains('{'))
    else {
        return answered.body["code"] == "route_unknown";
    };
    let Some(operation) = route.get(method.to_lowercase()) else {
        return answered.body["code"] == "method_not_allowed";
    };
    let response = &operation["responses"][answered.status.to_string()];
    let shared = response["$ref"].as_str().map(|at| document.pointer(&at[1..]).unwrap());
    let response = &shared.unwrap_or(response)["content"];
    let problem = response["application/problem+json"]["schema"].to_string();
    match answered.body["code"].as_str() {
        Some(code) => problem.contains(&format!("\"{code}\"")),
        None => response["application/json"].is_object(),
    }
}

/// Whether a path is of a route.
fn is_of(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    route.len() == path.len()
        && route.iter().zip(path).all(|(wanted, given)| wanted.starts_with('{') || *wanted == given)
}

/// An answer as it is kept on file: without a secret, and without what depends on the host.
fn on_file(mut answered: Answered) -> Answered {
    for (place, instead) in
        [("/secret", "shown once"), ("/memory_locked", "host"), ("/vault/memory_locked", "host")]
    {
        if let Some(value) = answered.body.pointer_mut(place).filter(|value| !value.is_null()) {
            *value = format!("[{instead}]").into();
        }
    }
    answered
}

fn key(name: &str) -> Value {
    json!({
        "name": name, "project": "bots", "credentials": ["main"], "allow": ["market", "read", "trade"],
        "symbols": ["BTC/USDT"], "ip": ["203.0.113.7"], "deny_ip": ["10.0.0.0/8"],
    })
}

#[tokio::test]
async fn the_vault_and_the_places() {
    let fixture = Fixture::without_vault().await;
    answers!(fixture, "vault_missing": "GET" "/vault");
    answers!(fixture, "vault_init": "POST" "/vault/init", json!({ "passphrase": PASSPHRASE }));
    answers!(fixture, "vault_init_again": "POST" "/vault/init", json!({ "passphrase": PASSPHRASE }));
    answers!(fixture, "vault_seal": "POST" "/vault/seal");
    answers!(fixture, "vault_unseal_wrong": "POST" "/vault/unseal", json!({ "passphrase": "wrong" }));
    answers!(fixture, "vault_unseal": "POST" "/vault/unseal", json!({ "passphrase": PASSPHRASE }));
    let rekey = json!({ "old": { "passphrase": PASSPHRASE }, "new": { "passphrase": "short" } });
    answers!(fixture, "vault_rekey": "POST" "/vault/rekey", rekey);
    answers!(fixture, "venue_add": "POST" "/venues", json!({ "name": "binance", "dialect": "binance" }));
    answers!(fixture, "venue_show": "GET" "/venues/binance");
    answers!(fixture, "venue_list": "GET" "/venues?limit=1");
    answers!(fixture, "project_add": "POST" "/projects", json!({ "name": "bots" }));
    answers!(fixture, "project_list": "GET" "/projects");
    answers!(fixture, "project_show": "GET" "/projects/bots");
    answers!(fixture, "project_remove": "DELETE" "/projects/bots");
    answers!(fixture, "status": "GET" "/status");
}

#[tokio::test]
async fn the_credentials() {
    let fixture = Fixture::new().await;
    fixture.venue("binance").await;
    let main = json!({ "name": "main", "venue": "binance", "api_key": "REALKEY", "secret": SECRET });
    answers!(fixture, "credential_add": "POST" "/credentials", main);
    let names = vec!["enableReading".to_owned(), "enableWithdrawals".to_owned()];
    let (can_read, can_withdraw) = (true, true);
    let (can_trade, can_transfer, ip_restricted) = (false, false, false);
    let rights = RealKeyRights { can_read, can_trade, can_withdraw, can_transfer, ip_restricted, names };
    fixture.exchange_says(Ok(rights));
    answers!(fixture, "credential_check": "POST" "/credentials/main/check");
    let spare = json!({ "name": "spare", "venue": "binance" });
    answers!(fixture, "credential_generate": "POST" "/credentials/generate", spare);
    answers!(fixture, "credential_check_too_early": "POST" "/credentials/spare/check");
    let given = json!({ "api_key": "GIVENKEY" });
    answers!(fixture, "credential_api_key": "POST" "/credentials/spare/api-key", given);
    answers!(fixture, "credential_list": "GET" "/credentials");
    answers!(fixture, "credential_show": "GET" "/credentials/main");
    answers!(fixture, "credential_remove": "DELETE" "/credentials/spare");
}

#[tokio::test]
async fn the_keys() {
    let fixture = Fixture::new().await;
    fixture.venue("binance").await;
    fixture.credential("main", "binance").await;
    fixture.project("bots").await;
    answers!(fixture, "key_create": "POST" "/keys", key("bot"));
    answers!(fixture, "key_create_again": "POST" "/keys", key("bot"));
    let public = json!({ "type": "ed25519", "public_key": "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=" });
    let mut brought = key("brought");
    brought.as_object_mut().unwrap().extend(public.as_object().unwrap().clone());
    answers!(fixture, "key_create_brought": "POST" "/keys", brought);
    answers!(fixture, "key_show": "GET" "/keys/bot");
    answers!(fixture, "key_update": "PATCH" "/keys/bot", json!({ "ip": ["203.0.113.8"], "rate": "unlimited" }));
    answers!(fixture, "key_list": "GET" "/keys?project=bots&limit=1");
    fixture.gateway_has_on_wire(vec![sent(1)]);
    answers!(fixture, "key_suspend": "POST" "/keys/bot/suspend");
    answers!(fixture, "key_resume": "POST" "/keys/bot/resume");
    answers!(fixture, "key_rotate": "POST" "/keys/bot/rotate", json!({ "overlap": "10m" }));
    answers!(fixture, "key_revoke": "POST" "/keys/bot/revoke");
    answers!(fixture, "key_resume_revoked": "POST" "/keys/brought/resume");
    answers!(fixture, "kill": "POST" "/kill", json!({ "project": "bots" }));
    answers!(fixture, "key_delete": "DELETE" "/keys/brought");
}

#[tokio::test]
async fn the_audit_log() {
    let fixture = Fixture::new().await;
    fixture.project("bots").await;
    answers!(fixture, "audit_tail": "GET" "/audit?limit=10");
    answers!(fixture, "audit_show": "GET" "/audit/1");
    answers!(fixture, "audit_show_unknown": "GET" "/audit/99");
    answers!(fixture, "audit_verify": "POST" "/audit/verify");
    answers!(fixture, "audit_export_refused": "POST" "/audit/export", json!({ "directory": "here" }));
}

#[tokio::test]
async fn the_backup_and_the_lock() {
    let fixture = Fixture::new().await;
    answers!(fixture, "backup_refused": "POST" "/backup", json!({ "file": "here" }));
    answers!(fixture, "lock_none": "GET" "/lock");
    answers!(fixture, "reopen_refused": "POST" "/reopen");
    let now = fixture.control.now();
    crate::Lock::restored(now, now).put(&fixture.control.store).await.unwrap();
    answers!(fixture, "lock": "GET" "/lock");
    answers!(fixture, "reopen": "POST" "/reopen");
}

#[tokio::test]
async fn what_is_no_operation() {
    let fixture = Fixture::new().await;
    answers!(fixture, "route_unknown": "GET" "/nothing");
    answers!(fixture, "method_not_allowed": "PUT" "/keys");
    answers!(fixture, "field_missing": "POST" "/projects", json!({}));
    answers!(fixture, "field_unknown": "POST" "/projects", json!({ "name": "a", "nmae": "b" }));
    answers!(fixture, "query_unknown": "GET" "/venues?lmiit=1");
    let long = json!({ "name": "x".repeat(super::BODY_BYTES_MAX) });
    answers!(fixture, "too_large": "POST" "/projects", long);
}

#[tokio::test]
async fn without_an_actor_nothing_is_done() {
    let fixture = Fixture::new().await;
    for (method, path) in [("GET", "status"), ("GET", "keys"), ("POST", "vault/seal"), ("POST", "kill")] {
        let request = Request::builder().method(method).uri(format!("/api/v1/{path}")).body(Body::empty());
        let answered = fixture.send(request.unwrap()).await;
        assert_eq!((answered.status, &answered.body["code"]), (401, &json!("unauthenticated")), "{path}");
    }
    assert!(!fixture.control.vault.is_sealed());
}

#[tokio::test]
async fn a_body_that_is_not_declared_as_json_is_not_read() {
    let fixture = Fixture::new().await;
    let request = Request::post("/api/v1/projects").extension(fixture.actor.clone());
    let answered = fixture.send(request.body(Body::from(r#"{"name": "bots"}"#)).unwrap()).await;
    assert_eq!((answered.status, &answered.body["code"]), (400, &json!("malformed")));
}

#[tokio::test]
async fn a_secret_in_the_wrong_place_is_not_repeated() {
    let fixture = Fixture::new().await;
    for input in [
        json!({ "name": "main", "venue": "binance", "api_key": "K", "secret": { "text": SECRET } }),
        json!({ "name": "main", "venue": [SECRET], "api_key": "K", "secret": SECRET }),
        json!(SECRET),
        json!({ "name": { "a": SECRET } }),
    ] {
        let answered = fixture.call("POST", "/credentials", input).await;
        assert_eq!(answered.status, 400);
        assert!(!answered.body.to_string().contains(SECRET), "{answered:?}");
    }
}

#[tokio::test]
async fn a_revocation_reaches_the_gateway_though_its_caller_hangs_up() {
    let fixture = Fixture::new().await;
    fixture.trading_key("bot").await;
    let request = Request::post("/api/v1/keys/bot/revoke").extension(fixture.actor.clone());
    let call = super::router(fixture.control.clone()).oneshot(request.body(Body::empty()).unwrap());
    tokio::select! {
        biased;
        _ = call => panic!("the operation takes longer than one look"),
        () = std::future::ready(()) => {}
    }
    let revoked = |change: &Change| matches!(change, Change::Key(key) if key.state == KeyState::Revoked);
    while !fixture.published().iter().any(revoked) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_approvals() {
    let fixture = Fixture::new().await;
    let key = fixture.trading_key("bot").await;
    let id = fixture.held(&key);
    answers!(fixture, "approval_list": "GET" "/approvals");
    answers!(fixture, "approval_show": "GET" &format!("/approvals/{id}"));
    answers!(fixture, "approval_approve": "POST" &format!("/approvals/{id}/approve"));
    answers!(fixture, "approval_approve_again": "POST" &format!("/approvals/{id}/approve"));
    answers!(fixture, "approval_deny": "POST" &format!("/approvals/{id}/deny"));
    answers!(fixture, "approval_unknown": "GET" &format!("/approvals/{id}"));
}

#[tokio::test]
async fn the_consents() {
    let fixture = Fixture::new().await;
    fixture.restricted_key("bot").await;
    for name in ["ada", "grace"] {
        Person::enrolled(&fixture, name, "owner").await;
    }
    fixture.call("PATCH", "/projects/bots", json!({ "four_eyes": true })).await;
    answers!(fixture, "consent_needed": "PATCH" "/keys/bot", json!({ "ip": [] }));
    answers!(fixture, "consent_list": "GET" "/consents");
    let id = fixture.control.store.consents(fixture.control.now()).await.unwrap()[0].id;
    answers!(fixture, "consent_show": "GET" &format!("/consents/{id}"));
    answers!(fixture, "consent_give_own": "POST" &format!("/consents/{id}/give"));
    answers!(fixture, "consent_use_early": "POST" &format!("/consents/{id}/use"));
    answers!(fixture, "consent_refuse": "POST" &format!("/consents/{id}/refuse"));
    answers!(fixture, "consent_unknown": "GET" &format!("/consents/{id}"));
}

#[tokio::test]
async fn no_secret_is_in_any_answer_nor_on_the_disk() {
    let fixture = Fixture::new().await;
    fixture.venue("binance").await;
    fixture.project("bots").await;
    fixture.credential("main", "binance").await;
    let issued = fixture.call("POST", "/keys", key("bot")).await.body["secret"].as_str().unwrap().to_owned();
    fixture.call("POST", "/keys/bot/rotate", Value::Null).await;
    fixture.call("POST", "/audit/verify", Value::Null).await;
    let mut seen = String::from_utf8_lossy(&fixture.whole_disk()).into_owned();
    for path in ["/keys", "/keys/bot", "/credentials", "/credentials/main", "/audit", "/status", "/vault"] {
        seen += &fixture.call("GET", path, Value::Null).await.body.to_string();
    }
    assert!(seen.contains("REALKEY"), "the test looks where things are");
    for secret in [SECRET, PASSPHRASE, &issued] {
        assert!(!seen.contains(secret), "{secret}");
    }
}
