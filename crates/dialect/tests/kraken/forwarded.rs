//! What is read is what is forwarded, whatever is sent.

use http::{HeaderMap, HeaderValue, Method};
use keyward_dialect::kraken::Kraken;
use keyward_dialect::{Claim, Dialect, Params, Request, SigningKey, Stamp, VerifyingKey};
use proptest::prelude::*;
use serde_json::Value;

const REAL: &[u8] = b"YSByZWFsIHNlY3JldA==";
const STAMP: Stamp = Stamp { now_us: 1_700_000_005_000_000, nonce: Some(1_700_000_005_000_000_000) };

/// A signed private call with this body.
fn with<T>(media: &'static str, body: &[u8], look: impl FnOnce(&Request<'_>) -> T) -> T {
    let mut headers = HeaderMap::new();
    headers.insert("api-key", HeaderValue::from_static("client"));
    headers.insert("api-sign", HeaderValue::try_from("A".repeat(88)).unwrap());
    headers.insert("content-type", HeaderValue::from_static(media));
    look(&Request { method: &Method::POST, path: "/0/private/AddOrder", query: "", headers: &headers, body })
}

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Name and value of every parameter.
fn said(params: &Params<'_>) -> Vec<(String, String)> {
    params.0.iter().map(|one| (one.name.to_string(), one.value.to_string())).collect()
}

/// Text that is nearly JSON.
fn nearly_json() -> impl Strategy<Value = String> {
    let part = "\"(nonce|pair|orders|close|a|A|[a-zé]|\\\\u006f)\"|[{}\\[\\]:,]|[0-9.eE-]{1,4}|true|null| ";
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

/// An object of plain members, with a nonce somewhere.
fn object() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        "[a-zA-Z0-9é %&=+/.,-]{0,12}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        "(0|[1-9][0-9]{0,8})(\\.[0-9]{1,6})?",
        "true|false",
    ];
    let space = "[ \n]{0,2}";
    (prop::collection::vec((value, space), 0..6), any::<prop::sample::Index>(), "\"?").prop_map(
        |(values, at, quote)| {
            let mut members: Vec<_> = values
                .iter()
                .enumerate()
                .map(|(i, (value, space))| format!("{space}\"p_{i}\"{space}:{space}{value}{space}"))
                .collect();
            members.insert(at.index(members.len() + 1), format!("\"nonce\":{quote}1700000000000{quote}"));
            format!("{{{}}}", members.join(","))
        },
    )
}

/// What another reader of JSON sees.
fn seen_elsewhere(body: &str) -> Vec<(String, String)> {
    let Value::Object(all) = serde_json::from_str(body).unwrap() else { panic!("{body}") };
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let mut all: Vec<_> = all.iter().map(|(name, value)| (name.clone(), text(value))).collect();
    all.sort();
    all
}

fn check_left(request: &Request<'_>) {
    let params = Kraken.parse(request).unwrap();
    let outgoing = Kraken.resign(request, &params, "real", &SigningKey::HmacSha512(REAL), STAMP).unwrap();
    let mut headers = request.headers.clone();
    for (name, value) in &outgoing.set {
        headers.insert(name, HeaderValue::try_from(value.as_str()).unwrap());
    }
    let left = Request { headers: &headers, body: &outgoing.body, ..*request };
    let again = Kraken.parse(&left).unwrap();
    let steady = |params: &Params<'_>| {
        said(params).into_iter().filter(|(name, _)| name != "nonce").collect::<Vec<_>>()
    };
    assert_eq!(steady(&again), steady(&params));
    let Claim::Signed(claim) = Kraken.claim(&left, &again).unwrap() else { panic!("not signed") };
    assert_eq!(claim.verify(&VerifyingKey::HmacSha512(REAL)), Ok(()));
    assert_eq!((claim.key, claim.signed_at_us), ("real", STAMP.now_us));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn arbitrary_bytes_never_panic(json: bool, nearly in nearly_json(), bytes: Vec<u8>, raw: bool) {
        let body = if raw { bytes } else { nearly.into_bytes() };
        with(if json { JSON } else { FORM }, &body, |request| {
            for path in ["/0/private/AddOrder", "/0/private/AddOrderBatch", "/0/private/CancelOrderBatch"] {
                let request = Request { path, ..*request };
                if let Ok(params) = Kraken.parse(&request) {
                    let _ = Kraken.claim(&request, &params);
                    let _ = Kraken.classify(&request, &params);
                    let _ = Kraken.resign(&request, &params, "real", &SigningKey::HmacSha512(REAL), STAMP);
                }
            }
        });
    }

    #[test]
    fn a_sound_object_is_accepted_and_signed_again_to_the_same(body in object()) {
        with(JSON, body.as_bytes(), |request| {
            let mut said = said(&Kraken.parse(request).unwrap());
            said.sort();
            let numbers = |all: Vec<(String, String)>| {
                all.into_iter().map(|(name, value)| (name, value.parse::<f64>().map_or(value, |number| number.to_string())))
                    .collect::<Vec<_>>()
            };
            assert_eq!(numbers(said), numbers(seen_elsewhere(&body)));
            check_left(request);
        });
    }

    #[test]
    fn a_sound_form_is_signed_again_to_the_same(
        values in prop::collection::vec("([a-zA-Z0-9.,:=@]|%[2-7][0-9aA]|%C3%A9|[+é]){0,12}", 0..6),
        at: prop::sample::Index,
    ) {
        let mut pairs: Vec<_> = values.iter().enumerate().map(|(i, value)| format!("p{i}={value}")).collect();
        pairs.insert(at.index(pairs.len() + 1), "nonce=1700000000000000".to_owned());
        with(FORM, pairs.join("&").as_bytes(), check_left);
    }
}
