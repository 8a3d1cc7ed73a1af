//! Every captured signature verifies, and so do the published ones.

use std::collections::HashMap;

use keyward_dialect::binance::Binance;
use keyward_dialect::{Dialect, RefusalKind};
use serde_json::Value;

use crate::captured::{Captured, claim, file, signed};

fn check(captured: &Captured) {
    let seen = captured.with(|request| {
        claim(request, |claim| {
            assert_eq!(claim.key, captured.creds.key);
            assert_eq!(claim.verify(&captured.verifier().key()), Ok(()), "{captured:?}");
            assert!(Binance.fresh(claim, claim.signed_at_us).is_ok(), "{captured:?}");
        })
    });
    assert_eq!(seen, Ok(Some(())), "{captured:?}");
}

#[test]
fn every_captured_signature_verifies() {
    let mut counted: HashMap<(String, String), usize> = HashMap::new();
    for captured in signed() {
        check(&captured);
        *counted.entry((captured.exchange, captured.variant)).or_default() += 1;
    }
    let count = |exchange: &str, variant: &str| counted[&(exchange.to_owned(), variant.to_owned())];
    println!("{counted:?}");
    assert!(count("binance", "") >= 42 + 23 && count("binanceusdm", "") >= 38);
    assert!(count("binance", "rsa") >= 42 && count("binance", "ed25519") >= 42);
    assert!(count("binanceusdm", "ed25519") >= 38);
}

#[test]
fn the_published_examples_verify() {
    let all: Vec<Value> = serde_json::from_str(&file("official-vectors.json")).unwrap();
    let published: Vec<_> = all.into_iter().filter(|one| one["dialect"] == "binance").collect();
    for mut vector in published.clone() {
        let secret = vector["secret"].clone();
        vector["creds"] = serde_json::json!({ "apiKey": vector["key"], "secret": secret });
        check(&serde_json::from_value(vector).unwrap());
    }
    assert_eq!(published.len(), 3);
}

#[test]
fn a_signature_in_upper_case_is_the_same_signature() {
    let captured = signed().remove(0);
    let (start, signature) = captured.target.split_once("signature=").unwrap();
    let upper =
        Captured { target: format!("{start}signature={}", signature.to_uppercase()), ..captured.clone() };
    let of = |one: &Captured| {
        one.with(|request| claim(request, |claim| claim.signature.clone().into_owned())).unwrap()
    };
    assert_ne!(upper.target, captured.target);
    assert_eq!(of(&upper), of(&captured));
}

#[test]
fn a_signature_alone_or_a_time_alone_is_no_claim() {
    let captured = signed().remove(0);
    let kind = |one: &Captured| one.with(|request| claim(request, |_| ())).map_err(|refusal| refusal.kind);
    let keyless = Captured { headers: vec![], ..captured.clone() };
    assert_eq!(kind(&keyless), Err(RefusalKind::KeyMissing));
    let (unsigned, _) = captured.target.split_once("&signature=").unwrap();
    let unsigned = Captured { target: unsigned.to_owned(), ..captured.clone() };
    assert_eq!(kind(&unsigned), Err(RefusalKind::SignatureMissing));
    let timeless = Captured { target: captured.target.replace("timestamp=", "timestomp="), ..captured };
    assert_eq!(kind(&timeless), Err(RefusalKind::TimestampMissing));
}

#[test]
fn a_key_comes_once_and_is_a_key() {
    let captured = signed().remove(0);
    let kind = |headers: &[&str]| {
        let headers = headers.iter().map(|&key| ("X-MBX-APIKEY".to_owned(), key.to_owned())).collect();
        let other = Captured { headers, ..captured.clone() };
        other.with(|request| claim(request, |_| ())).map_err(|refusal| refusal.kind)
    };
    assert_eq!(kind(&["abc"]), Ok(Some(())));
    assert_eq!(kind(&["abc", "abc"]), Err(RefusalKind::Duplicate));
    for wrong in ["", "a b", "a,b", "a\"b", &"k".repeat(129)] {
        assert_eq!(kind(&[wrong]), Err(RefusalKind::KeyMissing), "{wrong}");
    }
}
