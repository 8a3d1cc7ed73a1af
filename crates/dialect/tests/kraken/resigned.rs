//! A request signed again is the one that the client would have sent with the other key.

use keyward_dialect::kraken::Kraken;
use keyward_dialect::{Dialect, Outgoing, Stamp, VerifyingKey};

use crate::captured::{Captured, claim, requests, signed};

const NOW_US: u64 = 1_795_405_437_979_123;
const NONCE: u64 = 1_795_405_437_979_123_456;
const REAL: &str = "YSByZWFsIHNlY3JldCBvZiBhbiBleGNoYW5nZQ==";

/// Signs a captured request again.
fn resign(captured: &Captured, api_key: &str, secret: &str, nonce: u64) -> Outgoing {
    let key = Kraken.hmac().signing_key(secret.as_bytes());
    let stamp = Stamp { now_us: NOW_US, nonce: Some(nonce) };
    captured.parsed(|request, params| Kraken.resign(request, params, api_key, &key, stamp).unwrap())
}

#[test]
fn the_other_keys_requests_come_out_byte_for_byte() {
    let (ours, theirs) = (requests("ccxt-det-A.jsonl"), requests("ccxt-det-B.jsonl"));
    assert_eq!((ours.len(), theirs.len()), (35, 35));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let nonce = theirs.nonce().map_or(0, |nonce| nonce.parse().unwrap());
        let left = ours.left(&resign(ours, &theirs.creds.key, &theirs.creds.secret, nonce));
        let proof = |one: &Captured| {
            let header = |name| one.header(name).map(str::to_owned);
            (
                one.target.clone(),
                one.body.clone(),
                header("api-key"),
                header("api-sign"),
                header("content-type"),
            )
        };
        assert_eq!(proof(&left), proof(theirs));
    }
}

#[test]
fn every_request_leaves_with_keywards_nonce_and_a_signature_of_the_real_key() {
    let all = signed();
    for captured in &all {
        let left = captured.left(&resign(captured, "real", REAL, NONCE));
        let seen = left.with(|request| {
            claim(request, |claim| {
                assert_eq!((claim.key, claim.signed_at_us), ("real", NONCE / 1_000));
                assert_eq!(claim.verify(&VerifyingKey::HmacSha512(REAL.as_bytes())), Ok(()), "{left:?}");
            })
        });
        assert_eq!(seen, Ok(Some(())), "{left:?}");
        assert_eq!(left.nonce(), Some(NONCE.to_string()));
    }
    assert_eq!(all.len(), 35);
}

#[test]
fn nothing_but_the_nonce_changes_in_the_body() {
    for captured in signed() {
        let old = captured.nonce().unwrap();
        let left = captured.left(&resign(&captured, "real", REAL, NONCE));
        assert_eq!(left.body, captured.body.replacen(&old, &NONCE.to_string(), 1));
    }
}

#[test]
fn the_nonce_keeps_its_place_and_its_form() {
    for (media, body, left) in [
        ("application/json", r#"{ "nonce" : 1795405437979 , "a":"%7e" }"#, r#"{ "nonce" : N , "a":"%7e" }"#),
        ("application/json", r#"{"a":1,"nonce":"1795405437979"}"#, r#"{"a":1,"nonce":"N"}"#),
        ("application/x-www-form-urlencoded", "a=%7e&nonce=1795405437979&b=", "a=%7e&nonce=N&b="),
    ] {
        let mut captured = signed().remove(0);
        captured.set_header("Content-Type", media);
        captured.body = body.to_owned();
        let outgoing = resign(&captured, "real", REAL, NONCE);
        assert_eq!(String::from_utf8(outgoing.body).unwrap(), left.replace('N', &NONCE.to_string()));
    }
}

#[test]
fn public_data_leaves_without_any_key() {
    for mut public in requests("ccxt-captured.jsonl").into_iter().filter(|one| one.method == "GET") {
        public.set_header("API-Key", "client");
        let left = public.left(&resign(&public, "real", REAL, NONCE));
        assert_eq!((left.target.as_str(), left.header("api-key")), (public.target.as_str(), None));
    }
}

#[test]
fn what_is_stripped_carries_no_proof_and_is_the_same_otherwise() {
    for captured in signed() {
        let left = captured.left(&captured.parsed(|request, params| Kraken.strip(request, params)));
        assert_eq!((left.header("api-key"), left.header("api-sign")), (None, None));
        assert_eq!((left.target, left.body), (captured.target, captured.body));
    }
}

#[test]
fn proof_of_another_kind_stays_behind() {
    let mut captured = signed().remove(0);
    for name in ["Authorization", "Cookie", "X-HTTP-Method-Override", "API-OTP"] {
        captured.set_header(name, "secret");
    }
    let left = captured.left(&resign(&captured, "real", REAL, NONCE));
    let ours = |value: &str| value == "secret" || value == captured.creds.key;
    assert!(left.headers.iter().all(|(_, value)| !ours(value)));
}

#[test]
fn without_a_number_or_a_secret_in_base64_nothing_is_signed() {
    let captured = signed().remove(0);
    let numbered = Stamp { now_us: NOW_US, nonce: Some(NONCE) };
    for (secret, stamp) in [(REAL, Stamp { nonce: None, ..numbered }), ("not base64", numbered)] {
        let key = Kraken.hmac().signing_key(secret.as_bytes());
        captured
            .parsed(|request, params| assert!(Kraken.resign(request, params, "real", &key, stamp).is_err()));
    }
}
