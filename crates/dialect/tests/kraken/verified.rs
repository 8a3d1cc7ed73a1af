//! Every captured signature verifies, and so does the published one.

use keyward_dialect::kraken::Kraken;
use keyward_dialect::{Dialect, RefusalKind};
use serde_json::Value;

use crate::captured::{Captured, claim, file, requests, signed};

fn check(captured: &Captured) {
    let seen = captured.with(|request| {
        claim(request, |claim| {
            assert_eq!(claim.key, captured.creds.key);
            assert_eq!(claim.verify(&captured.verifier()), Ok(()), "{captured:?}");
            assert!(Kraken.fresh(claim, claim.signed_at_us).is_ok(), "{captured:?}");
        })
    });
    assert_eq!(seen, Ok(Some(())), "{captured:?}");
}

fn kind(captured: &Captured) -> Result<Option<()>, RefusalKind> {
    captured.with(|request| claim(request, |_| ())).map_err(|refusal| refusal.kind)
}

#[test]
fn every_captured_signature_verifies() {
    let all = signed();
    all.iter().for_each(check);
    let of_sdk = requests("connectors-captured.jsonl").len() - 1;
    assert_eq!((all.len(), of_sdk), (28 + 7, 7));
}

#[test]
fn the_frozen_requests_verify_too() {
    for name in ["ccxt-det-A.jsonl", "ccxt-det-B.jsonl"] {
        let all: Vec<_> = requests(name).into_iter().filter(|one| one.header("api-sign").is_some()).collect();
        all.iter().for_each(check);
        assert_eq!(all.len(), 28);
    }
}

#[test]
fn the_published_example_verifies() {
    let all: Vec<Value> = serde_json::from_str(&file("official-vectors.json")).unwrap();
    let [mut vector] = <[Value; 1]>::try_from(all).unwrap();
    let (key, secret) = (vector["key"].clone(), vector["secret"].clone());
    vector["creds"] = serde_json::json!({ "apiKey": key, "secret": secret });
    check(&serde_json::from_value(vector).unwrap());
}

#[test]
fn the_clients_clocks_are_read_in_their_own_units() {
    let at =
        |captured: &Captured| captured.with(|request| claim(request, |claim| claim.signed_at_us)).unwrap();
    let ccxt = &requests("ccxt-det-A.jsonl")[5];
    assert_eq!(at(ccxt), Some(1_735_689_600_123_000));
    let sdk = &requests("connectors-captured.jsonl")[1];
    assert_eq!((sdk.nonce().as_deref(), at(sdk)), (Some("179540488322701248"), Some(1_795_404_883_227_012)));
}

#[test]
fn a_signature_alone_or_a_nonce_alone_is_no_claim() {
    let captured = signed().remove(0);
    let without = |name: &str| {
        let mut other = captured.clone();
        other.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        kind(&other)
    };
    assert_eq!(without("api-key"), Err(RefusalKind::KeyMissing));
    assert_eq!(without("api-sign"), Err(RefusalKind::SignatureMissing));
    let timeless = Captured { body: "nonse=1795405437979".to_owned(), ..captured.clone() };
    assert_eq!(kind(&timeless), Err(RefusalKind::TimestampMissing));
    let counted = Captured { body: "nonce=17".to_owned(), ..captured.clone() };
    assert_eq!(kind(&counted), Err(RefusalKind::TimestampMissing));
}

#[test]
fn a_signed_nonce_stands_in_the_body() {
    let mut captured = requests("ccxt-captured.jsonl").remove(1);
    captured.target.push_str("&nonce=1795405437979");
    captured.set_header("API-Key", "k");
    captured.set_header("API-Sign", &"A".repeat(88));
    assert_eq!(kind(&captured), Err(RefusalKind::BodyUncovered));
}

#[test]
fn a_key_and_a_signature_come_once_and_are_what_they_say() {
    let captured = signed().remove(0);
    for (name, wrong, refused) in [
        ("API-Key", "", RefusalKind::KeyMissing),
        ("API-Key", "a b", RefusalKind::KeyMissing),
        ("API-Key", "a,b", RefusalKind::KeyMissing),
        ("API-Key", &"k".repeat(129), RefusalKind::KeyMissing),
        ("API-Sign", "", RefusalKind::SignatureInvalid),
        ("API-Sign", "AAAA", RefusalKind::SignatureInvalid),
    ] {
        let mut other = captured.clone();
        other.set_header(name, wrong);
        assert_eq!(kind(&other), Err(refused), "{name}: {wrong}");
    }
    for name in ["API-Key", "API-Sign"] {
        let mut twice = captured.clone();
        let value = twice.header(name).unwrap().to_owned();
        twice.headers.push((name.to_lowercase(), value));
        assert_eq!(kind(&twice), Err(RefusalKind::Duplicate), "{name}");
    }
}
