//! Callers that a gateway vouches for.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::Request;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use keyward_dialect::crypto::ed25519_pair;
use keyward_sandbox::{Identity, jwks_document};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::venue::{NOW_MS, Reply, Venue};

const NOW_S: u64 = NOW_MS / 1_000;
const SEED: [u8; 32] = [7; 32];
const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01";

fn jwks(kid: &str) -> String {
    let x = BASE64_URL_SAFE_NO_PAD.encode(ed25519_pair(&SEED).unwrap().public.as_bytes());
    json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x }] })
        .to_string()
}

async fn venue() -> Venue {
    Venue::open_with(|config| {
        let balances = vec![("USDT".to_owned(), Decimal::from(5_000))];
        config.identity =
            Some(Identity { audience: "sandbox".to_owned(), jwks: jwks_document(jwks("one")), balances });
    })
    .await
}

/// The claims of a token for a request, made to pass.
fn claims(method: &str, path: &str, query: &str, jti: &str) -> Value {
    let digest = Sha256::digest(format!("{method}\n{path}\n{query}\n"));
    json!({
        "iss": "keyward", "aud": "sandbox", "sub": "key_1", "prj": "prj_1", "perms": ["read", "trade"],
        "jti": jti, "iat": NOW_S, "nbf": NOW_S, "exp": NOW_S + 30,
        "req": BASE64_URL_SAFE_NO_PAD.encode(digest),
    })
}

fn token(claims: &Value, kid: &str) -> String {
    let key = EncodingKey::from_ed_der(&ed25519_pair(&SEED).unwrap().secret.bytes);
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::EdDSA) };
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

async fn send(venue: &Venue, method: &str, target: &str, token: &str) -> Reply {
    let request = Request::builder().method(method).uri(target).header("host", "sandbox");
    let request = request.header("authorization", format!("Bearer {token}"));
    venue.send(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// A request for the account with claims that were changed.
async fn account_with(venue: &Venue, change: impl FnOnce(&mut Value)) -> Reply {
    let mut claims = claims("GET", "/api/v3/account", "", "req_1");
    change(&mut claims);
    send(venue, "GET", "/api/v3/account", &token(&claims, "one")).await
}

#[tokio::test]
async fn a_project_has_an_account_and_trades_without_key_or_signature() {
    let venue = venue().await;
    let order = token(&claims("POST", "/api/v3/order", ORDER, "req_1"), "one");
    assert_eq!(
        send(&venue, "POST", &format!("/api/v3/order?{ORDER}"), &order).await.ok()["status"],
        "FILLED"
    );
    let own = account_with(&venue, |claims| claims["jti"] = json!("req_2")).await.ok();
    assert!(
        own["balances"]
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["asset"] == "BTC" && row["free"] == "0.01000000")
    );
    let other =
        account_with(&venue, |claims| (claims["prj"], claims["jti"]) = (json!("prj_2"), json!("req_3")))
            .await;
    assert_eq!(
        other.ok()["balances"][0],
        json!({ "asset": "USDT", "free": "5000.00000000", "locked": "0.00000000" })
    );
}

#[tokio::test]
async fn a_token_is_good_for_its_own_request_only() {
    let venue = venue().await;
    for (method, target) in [
        ("POST", "/api/v3/order?symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.02"),
        ("POST", "/api/v3/order/test?symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01"),
        ("GET", "/api/v3/order?symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01"),
    ] {
        let order = token(&claims("POST", "/api/v3/order", ORDER, "req_1"), "one");
        assert_eq!(send(&venue, method, target, &order).await.refusal().1, -1022, "{method} {target}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_right_is_not_believed() {
    let venue = venue().await;
    for (name, value, code) in [
        ("iss", json!("somebody"), -2015),
        ("aud", json!("another venue"), -2015),
        ("sub", Value::Null, -2015),
        ("exp", json!(NOW_S + 31), -1021),
        ("exp", json!(NOW_S - 3), -1021),
        ("nbf", json!(NOW_S + 3), -1021),
        ("perms", json!(["trade"]), -2015),
    ] {
        let reply = account_with(&venue, |claims| claims[name] = value.clone()).await;
        assert_eq!(reply.refusal().1, code, "{name} = {value}");
    }
    let right = account_with(&venue, |claims| claims["jti"] = json!("req_2")).await;
    assert_eq!(right.status, 200);
}

#[tokio::test]
async fn a_token_is_used_once() {
    let venue = venue().await;
    assert_eq!(account_with(&venue, |_| ()).await.status, 200);
    assert_eq!(account_with(&venue, |_| ()).await.refusal().1, -2015);
}

#[tokio::test]
async fn a_permission_to_trade_does_not_withdraw() {
    let venue = venue().await;
    let (path, query) = ("/sapi/v1/capital/withdraw/apply", "coin=USDT&address=x&amount=1");
    let withdraw = token(&claims("POST", path, query, "req_1"), "one");
    assert_eq!(send(&venue, "POST", &format!("{path}?{query}"), &withdraw).await.refusal().1, -2015);
}

#[tokio::test]
async fn a_token_of_an_unknown_key_or_algorithm_is_refused() {
    let venue = venue().await;
    let right = claims("GET", "/api/v3/account", "", "req_1");
    assert_eq!(send(&venue, "GET", "/api/v3/account", &token(&right, "two")).await.refusal().1, -2015);
    let header = Header { kid: Some("one".to_owned()), ..Header::new(Algorithm::HS256) };
    let forged = jsonwebtoken::encode(&header, &right, &EncodingKey::from_secret(&SEED)).unwrap();
    assert_eq!(send(&venue, "GET", "/api/v3/account", &forged).await.refusal().1, -2015);
    assert_eq!(send(&venue, "GET", "/api/v3/account", "nonsense").await.refusal().1, -2015);
}

#[tokio::test]
async fn without_a_trusted_gateway_a_token_is_nothing() {
    let venue = Venue::open().await;
    assert_eq!(account_with(&venue, |_| ()).await.refusal().1, -2014);
}

#[tokio::test]
async fn new_keys_of_the_gateway_are_fetched_but_not_all_the_time() {
    let fetched = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&fetched);
    let venue = Venue::open_with(move |config| {
        let jwks = Arc::new(move || -> std::pin::Pin<Box<dyn Future<Output = Option<String>> + Send>> {
            let kid = ["one", "two"][count.fetch_add(1, Ordering::Relaxed).min(1)];
            Box::pin(std::future::ready(Some(jwks(kid))))
        });
        config.identity = Some(Identity { audience: "sandbox".to_owned(), jwks, balances: Vec::new() });
    })
    .await;
    assert_eq!(account_with(&venue, |_| ()).await.status, 200);
    let rotated = token(&claims("GET", "/api/v3/account", "", "req_2"), "two");
    assert_eq!(send(&venue, "GET", "/api/v3/account", &rotated).await.refusal().1, -2015, "asked too soon");
    venue.advance(1_000);
    assert_eq!(send(&venue, "GET", "/api/v3/account", &rotated).await.status, 200);
    assert_eq!(fetched.load(Ordering::Relaxed), 2);
}
