//! A request signed again is the one that the client would have sent with the other key.

use std::borrow::Cow;

use http::HeaderName;
use keyward_dialect::binance::Binance;
use keyward_dialect::crypto::{GeneratedPair, KeyKind, SecretKey, ed25519_pair, rsa_pair};
use keyward_dialect::{Dialect, HmacScheme, Outgoing, Stamp, VerifyingKey};

use crate::captured::{Captured, claim, requests, signed};

/// When `ccxt-det-*` were made: both with this frozen clock.
const FROZEN_US: u64 = 1_735_689_600_123_000;

/// Signs a captured request again.
fn resign(captured: &Captured, api_key: &str, secret: &SecretKey, now_us: u64) -> Outgoing {
    let key = secret.kind.signing_key(HmacScheme::Sha256, &secret.bytes);
    let stamp = Stamp { now_us, nonce: None };
    captured.parsed(|request, params| Binance.resign(request, params, api_key, &key, stamp).unwrap())
}

/// A request as it leaves, in the form of a captured one.
fn left(captured: &Captured, outgoing: &Outgoing) -> Captured {
    let mut headers = captured.headers.clone();
    headers.retain(|(name, _)| Binance.headers().contains(&name.to_lowercase().as_str()));
    headers.extend(outgoing.set.iter().map(|(name, value)| (name.to_string(), value.clone())));
    let body = String::from_utf8(outgoing.body.clone()).unwrap();
    Captured { target: outgoing.target.clone(), headers, body, ..captured.clone() }
}

#[test]
fn the_other_keys_requests_come_out_byte_for_byte() {
    let (ours, theirs) = (requests("ccxt-det-A.jsonl"), requests("ccxt-det-B.jsonl"));
    assert_eq!((ours.len(), theirs.len()), (93, 93));
    for (ours, theirs) in ours.iter().zip(&theirs) {
        let secret = SecretKey::from_text(&theirs.creds.secret).unwrap();
        let outgoing = resign(ours, &theirs.creds.key, &secret, FROZEN_US);
        let left = left(ours, &outgoing);
        let key = |one: &Captured| one.with(|request| request.headers.get("x-mbx-apikey").cloned());
        assert_eq!((&left.target, &left.body, key(&left)), (&theirs.target, &theirs.body, key(theirs)));
    }
}

/// Signs every captured request again with this pair, and checks what leaves as the exchange would.
fn leaves_verified(pair: &GeneratedPair) {
    let all = signed();
    for captured in &all {
        let outgoing = resign(captured, "real", &pair.secret, FROZEN_US);
        let left = left(captured, &outgoing);
        let seen = left.with(|request| {
            claim(request, |claim| {
                assert_eq!((claim.key, claim.signed_at_us), ("real", FROZEN_US));
                assert_eq!(claim.verify(&pair.public.verifying_key()), Ok(()), "{left:?}");
            })
        });
        assert_eq!(seen, Ok(Some(())), "{left:?}");
    }
    assert!(all.len() >= 225, "{}", all.len());
}

#[test]
fn the_real_key_may_be_of_another_type() {
    leaves_verified(&ed25519_pair(&[5; 32]).unwrap());
    leaves_verified(&rsa_pair().unwrap());
}

fn hmac() -> SecretKey {
    SecretKey::from_text("a-real-secret-of-an-exchange").unwrap()
}

#[test]
fn the_clients_unit_of_time_and_its_order_are_kept() {
    let mut captured = signed().remove(0);
    let path = captured.target.split('?').next().unwrap().to_owned();
    captured.target =
        format!("{path}?signature={}&timestamp=1795405437766001&a=%7e&recvWindow=1.5", "0".repeat(64));
    let outgoing = resign(&captured, "real", &hmac(), FROZEN_US + 7);
    let (start, rest) = outgoing.target.split_at(path.len() + "?signature=".len());
    let (signature, rest) = rest.split_at(64);
    assert_eq!(start, format!("{path}?signature="));
    assert_eq!(rest, "&timestamp=1735689600123007&a=%7e&recvWindow=1.5");
    let message = b"timestamp=1735689600123007&a=%7e&recvWindow=1.5";
    assert_eq!(VerifyingKey::HmacSha256(&hmac().bytes).verify(message, signature), Ok(()));
}

#[test]
fn a_split_request_stays_split() {
    let mut captured =
        requests("ccxt-captured.jsonl").into_iter().find(|one| one.unified == "create_order").unwrap();
    captured.target = "/api/v3/order?symbol=LTCBTC&side=BUY".to_owned();
    captured.body = format!("timestamp=1795405437766&signature={}&price=1", "0".repeat(64));
    let outgoing = resign(&captured, "real", &hmac(), FROZEN_US);
    assert_eq!(outgoing.target, captured.target);
    let body = String::from_utf8(outgoing.body).unwrap();
    let (signed, signature) = body.split_once("&signature=").unwrap();
    assert_eq!(signed, "timestamp=1735689600123");
    let (signature, rest) = signature.split_at(64);
    assert_eq!(rest, "&price=1");
    let message = b"symbol=LTCBTC&side=BUYtimestamp=1735689600123&price=1";
    assert_eq!(VerifyingKey::HmacSha256(&hmac().bytes).verify(message, signature), Ok(()));
}

#[test]
fn what_was_not_signed_is_not_signed_and_what_had_no_key_gets_none() {
    let all = requests("connectors-captured.jsonl");
    let key_only = all.iter().find(|one| one.unified == "listenkey").unwrap();
    let outgoing = resign(key_only, "real", &hmac(), FROZEN_US);
    assert_eq!((outgoing.target.as_str(), outgoing.body.len()), (key_only.target.as_str(), 0));
    assert_eq!(outgoing.set, [(HeaderName::from_static("x-mbx-apikey"), "real".to_owned())]);
    let public = &requests("ccxt-captured.jsonl")[0];
    let outgoing = resign(public, "real", &hmac(), FROZEN_US);
    assert_eq!((outgoing.target.as_str(), outgoing.set.len()), (public.target.as_str(), 0));
}

#[test]
fn what_is_stripped_carries_no_proof_and_is_the_same_otherwise() {
    for captured in signed() {
        let outgoing = captured.parsed(|request, params| Binance.strip(request, params));
        let left = left(&captured, &outgoing);
        assert!(!left.is_signed());
        assert!(left.headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("x-mbx-apikey")));
        let without = |text: &str| {
            let (path, pairs) = text.split_once('?').map_or(("", text), |(path, pairs)| (path, pairs));
            let kept: Vec<_> = pairs.split('&').filter(|pair| !pair.starts_with("signature=")).collect();
            (path.to_owned(), kept.join("&"))
        };
        assert_eq!(
            (without(&left.target), left.body),
            (without(&captured.target), without(&captured.body).1)
        );
    }
}

#[test]
fn proof_of_another_kind_stays_behind() {
    let mut captured = signed().remove(0);
    for name in ["Authorization", "Cookie", "Proxy-Authorization", "X-HTTP-Method-Override"] {
        captured.headers.push((name.to_owned(), "secret".to_owned()));
    }
    let outgoing = resign(&captured, "real", &hmac(), FROZEN_US);
    let headers: Vec<Cow<'_, str>> =
        left(&captured, &outgoing).headers.into_iter().map(|(_, v)| v.into()).collect();
    assert!(headers.iter().all(|value| *value != "secret" && *value != captured.creds.key.as_str()));
}

#[test]
fn a_key_that_does_not_sign_sends_nothing() {
    let captured = signed().remove(0);
    let key = KeyKind::Ed25519.signing_key(HmacScheme::Sha256, b"no key");
    let stamp = Stamp { now_us: FROZEN_US, nonce: None };
    captured.parsed(|request, params| assert!(Binance.resign(request, params, "real", &key, stamp).is_err()));
}
