//! Keys, signatures, times and permissions.

use axum::body::Body;
use http::Request;
use keyward_sandbox::{Config, Rights};
use serde_json::json;

use crate::venue::{NOW_MS, Reply, Venue, account, desk, signature, signed};

const ACCOUNT: &str = "/api/v3/account";
const NOT_ALLOWED: (u16, i64, &str) = (401, -2015, "Invalid API-key, IP, or permissions for action.");

fn check(reply: &Reply, (status, code, message): (u16, i64, &str)) {
    assert_eq!(reply.refusal(), (status, code, message.to_owned()));
}

async fn raw(venue: &Venue, api_key: &str, query: &str) -> Reply {
    let request = Request::get(format!("{ACCOUNT}?{query}")).header("host", "sandbox");
    venue.send(request.header("x-mbx-apikey", api_key).body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn every_type_of_key_signs() {
    let venue = Venue::open().await;
    for name in ["desk", "ed25519", "rsa"] {
        let account = venue.call(account(name), "GET", ACCOUNT, "recvWindow=1000").await.ok();
        assert_eq!(account["canTrade"], true, "{name}");
    }
}

#[tokio::test]
async fn parameters_may_stand_in_the_body_or_in_both_places() {
    let venue = Venue::open().await;
    let whole = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
    for at in [0, "symbol=BTCUSDT&side=BUY".len(), whole.len()] {
        let (query, rest) = whole.split_at(at);
        let rest = format!("{rest}&timestamp={NOW_MS}").trim_start_matches('&').to_owned();
        let signature = signature(desk(), &format!("{query}{rest}"));
        let request = Request::post(format!("/api/v3/order?{query}")).header("host", "sandbox");
        let request = request.header("x-mbx-apikey", &desk().api_key);
        let body = format!("{rest}&signature={signature}");
        let reply = venue.send(request.body(Body::from(body)).unwrap()).await.unwrap();
        assert_eq!(reply.ok()["status"], "FILLED", "split at {at}");
    }
}

#[tokio::test]
async fn a_changed_request_is_refused() {
    let venue = Venue::open().await;
    let query = signed(desk(), "omitZeroBalances=true", NOW_MS).replace("true", "false");
    check(
        &raw(&venue, &desk().api_key, &query).await,
        (400, -1022, "Signature for this request is not valid."),
    );
}

#[tokio::test]
async fn a_missing_piece_is_named() {
    let venue = Venue::open().await;
    let missing = |name| format!("Mandatory parameter '{name}' was not sent, was empty/null, or malformed.");
    let key = &desk().api_key;
    check(&raw(&venue, key, &format!("timestamp={NOW_MS}")).await, (400, -1102, &missing("signature")));
    check(&raw(&venue, key, "signature=00").await, (400, -1102, &missing("timestamp")));
    check(&raw(&venue, "", "signature=00").await, (401, -2014, "API-key format invalid."));
    let unknown = raw(&venue, "nobody", &signed(desk(), "", NOW_MS)).await;
    check(&unknown, NOT_ALLOWED);
}

#[tokio::test]
async fn a_stale_or_early_request_is_refused() {
    let venue = Venue::open().await;
    let at = async |time_ms| raw(&venue, &desk().api_key, &signed(desk(), "", time_ms)).await;
    let stale = (400, -1021, "Timestamp for this request is outside of the recvWindow.");
    check(&at(NOW_MS - 5_001).await, stale);
    let early = (400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.");
    check(&at(NOW_MS + 1_000).await, early);
    assert_eq!(at(NOW_MS - 5_000).await.status, 200);
}

#[tokio::test]
async fn the_same_request_passes_again_inside_its_window_as_on_the_real_exchange() {
    let venue = Venue::open().await;
    let query = signed(desk(), "", NOW_MS);
    assert_eq!(raw(&venue, &desk().api_key, &query).await.status, 200);
    assert_eq!(raw(&venue, &desk().api_key, &query).await.status, 200);
}

fn restrict(config: &mut Config, address: &str, rights: Rights) {
    let key = &mut config.accounts[0].keys[0];
    key.addresses = vec![address.parse().unwrap()];
    key.rights = rights;
}

#[tokio::test]
async fn a_key_works_only_from_its_addresses() {
    let venue = Venue::open_with(|config| restrict(config, "10.0.0.0/8", Rights::default())).await;
    check(&venue.call(desk(), "GET", ACCOUNT, "").await, NOT_ALLOWED);
    let venue = Venue::open_with(|config| restrict(config, "127.0.0.0/8", Rights::default())).await;
    assert_eq!(venue.call(desk(), "GET", ACCOUNT, "").await.status, 200);
}

#[tokio::test]
async fn a_key_does_only_what_it_may_and_tells_what_that_is() {
    let venue = Venue::open_with(|config| restrict(config, "127.0.0.1/32", Rights::default())).await;
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
    check(&venue.call(desk(), "POST", "/api/v3/order", order).await, NOT_ALLOWED);
    let sent =
        venue.call(desk(), "POST", "/sapi/v1/capital/withdraw/apply", "coin=BTC&address=x&amount=1").await;
    check(&sent, NOT_ALLOWED);
    let told = venue.call(desk(), "GET", "/sapi/v1/account/apiRestrictions", "").await.ok();
    let flags = ["ipRestrict", "enableReading", "enableSpotAndMarginTrading", "enableWithdrawals"];
    assert_eq!(flags.map(|flag| told[flag].as_bool()), [true, true, false, false].map(Some));
}

#[tokio::test]
async fn a_key_can_be_restricted_while_it_is_in_use() {
    let venue = Venue::open().await;
    let path = format!("/sandbox/keys/{}", desk().api_key);
    let restrictions =
        json!({ "permissions": { "enableReading": true }, "addresses": ["10.0.0.0/8"] }).to_string();
    assert_eq!(venue.call(desk(), "GET", ACCOUNT, "").await.status, 200);
    assert_eq!(venue.control("PUT", &path, &restrictions).await.status, 204);
    check(&venue.call(desk(), "GET", ACCOUNT, "").await, NOT_ALLOWED);
    assert_eq!(venue.control("PUT", "/sandbox/keys/nobody", &restrictions).await.status, 404);
}

#[tokio::test]
async fn a_pasted_public_key_works_until_it_is_removed() {
    let venue = Venue::open().await;
    let public_key = account("ed25519").public_key.clone().unwrap();
    let new = json!({ "account": "desk", "public_key": public_key }).to_string();
    let registered = venue.control("POST", "/sandbox/keys", &new).await;
    assert_eq!(registered.status, 201, "{}", registered.body);
    let api_key = registered.body["api_key"].as_str().unwrap().to_owned();
    let query = signed(account("ed25519"), "", NOW_MS);
    let answer = raw(&venue, &api_key, &query).await.ok();
    assert_eq!(answer["canTrade"], false);
    venue.control("DELETE", &format!("/sandbox/keys/{api_key}"), "").await;
    check(&raw(&venue, &api_key, &query).await, NOT_ALLOWED);
}

#[tokio::test]
async fn what_is_no_public_key_is_not_registered() {
    let venue = Venue::open().await;
    for text in [account("ed25519").secret.as_str(), "nonsense"] {
        let new = json!({ "account": "desk", "public_key": text }).to_string();
        assert_eq!(venue.control("POST", "/sandbox/keys", &new).await.status, 400, "{text}");
    }
}
