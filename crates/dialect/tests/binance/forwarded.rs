//! What is read is what is forwarded, whatever is sent.

use http::{HeaderMap, HeaderValue, Method};
use keyward_dialect::binance::Binance;
use keyward_dialect::{Dialect, Params, Place, Request, SigningKey, Stamp, VerifyingKey};
use proptest::prelude::*;

const NOW_US: u64 = 1_700_000_000_000_000;

/// A request to a path that takes a body.
fn with<T>(query: &str, body: &[u8], look: impl FnOnce(&Request<'_>) -> T) -> T {
    let mut headers = HeaderMap::new();
    headers.insert("x-mbx-apikey", HeaderValue::from_static("client"));
    look(&Request { method: &Method::POST, path: "/api/v3/order", query, headers: &headers, body })
}

/// Name, value and place of every parameter.
fn said(params: &Params<'_>) -> Vec<(String, String, Place)> {
    params.0.iter().map(|one| (one.name.to_string(), one.value.to_string(), one.place)).collect()
}

/// What another reader of forms sees.
fn seen_elsewhere(query: &str, body: &[u8]) -> Vec<(String, String, Place)> {
    let read = |text: &[u8], place| {
        let pairs = form_urlencoded::parse(text);
        pairs.map(|(name, value)| (name.into_owned(), value.into_owned(), place)).collect::<Vec<_>>()
    };
    [read(query.as_bytes(), Place::Query), read(body, Place::Body)].concat()
}

/// Text that is nearly a form.
fn nearly_form() -> impl Strategy<Value = String> {
    let pair = "[a-zA-Z_.\\[\\]]{0,6}=?([a-zA-Z0-9]|%[0-9a-fA-F]{2}|%[0-9a-g]|[+=&;#\\[\"{}é ]){0,8}";
    prop::collection::vec(pair, 0..6).prop_map(|pairs| pairs.join("&"))
}

fn any_path() -> impl Strategy<Value = String> {
    let known = prop::sample::select(
        &["/api/v3/order", "/fapi/v1/batchOrders", "/sapi/v1/capital/withdraw/apply"][..],
    );
    prop_oneof![known.prop_map(str::to_owned), any::<String>()]
}

fn any_query() -> impl Strategy<Value = String> {
    prop_oneof![nearly_form(), any::<String>(), Just("timestamp=1700000000000&signature=00".to_owned())]
}

/// Lists of orders that are nearly JSON among them.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let json = "batchOrders=(\\[|\\{|\\]|\\}|:|,|[0-9.eE-]|\"(symbol|side|[a-zé]|\\\\u00..)\"){0,20}";
    prop_oneof![
        nearly_form().prop_map(String::into_bytes),
        any::<Vec<u8>>(),
        json.prop_map(String::into_bytes)
    ]
}

/// A form that is one: names apart, values in wire form.
fn form(prefix: &'static str) -> impl Strategy<Value = Vec<String>> {
    let value = "([a-zA-Z0-9.,:=@]|%[2-7][0-9aA]|%C3%A9|[+\\[\"{}é]){0,12}";
    let named = move |values: Vec<String>| {
        values.iter().enumerate().map(|(at, value)| format!("{prefix}{at}={value}")).collect()
    };
    prop::collection::vec(value, 0..6).prop_map(named)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn arbitrary_bytes_never_panic(path in any_path(), query in any_query(), body in any_body(), key: Vec<u8>) {
        let mut headers = HeaderMap::new();
        HeaderValue::from_bytes(&key).ok().map(|value| headers.insert("x-mbx-apikey", value));
        let request = Request { method: &Method::POST, path: &path, query: &query, headers: &headers, body: &body };
        if let Ok(params) = Binance.parse(&request) {
            let _ = Binance.claim(&request, &params);
            let _ = Binance.classify(&request, &params);
            let _ = Binance.strip(&request, &params);
        }
    }

    #[test]
    fn what_is_accepted_is_what_any_other_reader_sees(query in nearly_form(), body in nearly_form()) {
        with(&query, body.as_bytes(), |request| {
            if let Ok(params) = Binance.parse(request) {
                assert_eq!(said(&params), seen_elsewhere(&query, body.as_bytes()));
            }
        });
    }

    #[test]
    fn what_is_parsed_is_written_back_byte_for_byte(query in nearly_form(), body in nearly_form()) {
        with(&query, body.as_bytes(), |request| {
            let Ok(params) = Binance.parse(request) else { return };
            if params.get("signature").is_some() {
                return;
            }
            let outgoing = Binance.strip(request, &params);
            let mark = if query.is_empty() { "" } else { "?" };
            assert_eq!(outgoing.target, format!("/api/v3/order{mark}{query}"));
            assert_eq!(outgoing.body, body.as_bytes());
        });
    }

    #[test]
    fn a_sound_form_is_accepted_and_signed_again_to_the_same(
        query in form("q"), body in form("b"), at: prop::sample::Index, unit in 0u32..2,
    ) {
        let (mut query, mut body) = (query, body);
        query.push(format!("timestamp={}", if unit == 0 { NOW_US / 1_000 } else { NOW_US }));
        let placeholder = format!("signature={}", "0".repeat(64));
        let at = at.index(query.len() + body.len() + 2);
        if at <= query.len() { query.insert(at, placeholder) } else { body.insert(at - query.len() - 1, placeholder) }
        with(&query.join("&"), body.join("&").as_bytes(), |request| {
            let params = Binance.parse(request).unwrap();
            assert_eq!(said(&params), seen_elsewhere(request.query, request.body));
            let key = SigningKey::HmacSha256(b"real");
            let stamp = Stamp { now_us: NOW_US + 5_000_000, nonce: None };
            let outgoing = Binance.resign(request, &params, "real", &key, stamp).unwrap();
            check_left(request, &params, &outgoing);
        });
    }
}

/// What leaves verifies with the real key, and says the same but for time and signature.
fn check_left(request: &Request<'_>, params: &Params<'_>, outgoing: &keyward_dialect::Outgoing) {
    let (_, query) = outgoing.target.split_once('?').unwrap_or_default();
    let left = Request { query, body: &outgoing.body, ..*request };
    let again = Binance.parse(&left).unwrap();
    let steady = |params: &Params<'_>| {
        let all = said(params).into_iter();
        all.map(|(name, value, place)| {
            let fresh = matches!(name.as_str(), "timestamp" | "signature");
            (name, if fresh { String::new() } else { value }, place)
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(steady(&again), steady(params));
    let keyward_dialect::Claim::Signed(claim) = Binance.claim(&left, &again).unwrap() else {
        panic!("not signed")
    };
    assert_eq!(claim.verify(&VerifyingKey::HmacSha256(b"real")), Ok(()));
    assert_eq!(claim.signed_at_us, NOW_US + 5_000_000);
}
