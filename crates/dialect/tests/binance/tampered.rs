//! No byte of a signed request can be changed, and no change of what is not signed gains anything.

use std::sync::Arc;

use http::Method;
use keyward_dialect::binance::Binance;
use keyward_dialect::{Dialect, Request};
use proptest::prelude::*;

use crate::captured::{Captured, Verifier, claim, signed};

/// Whether the gateway would take the request for one of this key's: everything up to the signature.
fn is_taken(request: &Request<'_>, key: &str, verifier: &Verifier) -> bool {
    let verified = claim(request, |claim| claim.key == key && claim.verify(&verifier.key()).is_ok());
    verified.is_ok_and(|verified| verified.unwrap_or(false))
}

/// The part of a request that is changed.
#[derive(Clone, Copy, Debug)]
enum Part {
    Query,
    Body,
    Key,
}

const PARTS: [Part; 3] = [Part::Query, Part::Body, Part::Key];

impl Part {
    fn bytes(self, captured: &Captured) -> Vec<u8> {
        match self {
            Self::Query => captured.target.split_once('?').map_or("", |(_, query)| query).into(),
            Self::Body => captured.body.clone().into(),
            Self::Key => captured.creds.key.clone().into(),
        }
    }

    /// Whether the request with these bytes in place of the part is taken. Bytes that cannot stand in a request are not.
    fn is_taken(self, captured: &Captured, bytes: &[u8], verifier: &Verifier) -> bool {
        captured.with(|request| {
            let mut headers = request.headers.clone();
            let request = match self {
                Self::Query => {
                    let Ok(query) = str::from_utf8(bytes) else { return false };
                    Request { query, ..*request }
                }
                Self::Body => Request { body: bytes, ..*request },
                Self::Key => {
                    let Ok(value) = http::HeaderValue::from_bytes(bytes) else { return false };
                    headers.insert("x-mbx-apikey", value);
                    Request { headers: &headers, ..*request }
                }
            };
            is_taken(&request, &captured.creds.key, verifier)
        })
    }
}

/// Whether two texts differ in no more than the case of hexadecimal digits in the signature: there it means nothing.
fn is_same_signature(captured: &Captured, part: Part, original: &[u8], changed: &[u8]) -> bool {
    let split = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.rsplit_once("signature=").map(|(start, signature)| (start.to_owned(), signature.to_owned()))
    };
    let (Some((start, old)), Some((same, new))) = (split(original), split(changed)) else { return false };
    let hex_only = captured.variant.is_empty();
    let percent_only = || upper_percent(&old) == upper_percent(&new);
    let same_digits = if hex_only { old.eq_ignore_ascii_case(&new) } else { percent_only() };
    !matches!(part, Part::Key) && start == same && same_digits
}

/// A text with the digits of its percent forms in upper case.
fn upper_percent(text: &str) -> String {
    let mut digits = 0;
    let fold = |letter: char| {
        let folded = if digits > 0 { letter.to_ascii_uppercase() } else { letter };
        digits = if letter == '%' { 2 } else { i32::max(0, digits - 1) };
        folded
    };
    text.chars().map(fold).collect()
}

#[test]
fn no_bit_of_a_signed_request_can_be_flipped() {
    let mut flipped = 0;
    for captured in signed().iter().filter(|one| one.variant.is_empty()).step_by(3) {
        let verifier = captured.verifier();
        for part in PARTS {
            let original = part.bytes(captured);
            for at in 0..original.len() * 8 {
                let mut changed = original.clone();
                changed[at / 8] ^= 1 << (at % 8);
                let same = is_same_signature(captured, part, &original, &changed);
                assert_eq!(
                    part.is_taken(captured, &changed, &verifier),
                    same,
                    "{part:?} {at} of {captured:?}"
                );
                flipped += 1;
            }
        }
    }
    assert!(flipped > 50_000, "{flipped}");
}

/// A signed request, with what checks it: reading a private key takes its time, so each is read once.
fn any_signed() -> impl Strategy<Value = Arc<(Captured, Verifier)>> {
    let checked = |captured: Captured| {
        let verifier = captured.verifier();
        Arc::new((captured, verifier))
    };
    prop::sample::select(signed().into_iter().map(checked).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn no_byte_of_a_signed_request_can_be_changed(
        signed in any_signed(), part: prop::sample::Index, at: prop::sample::Index, flip in 1u8..,
    ) {
        let (captured, verifier) = &*signed;
        let parts: Vec<_> = PARTS.into_iter().filter(|part| !part.bytes(captured).is_empty()).collect();
        let part = parts[part.index(parts.len())];
        let original = part.bytes(captured);
        let mut changed = original.clone();
        changed[at.index(original.len())] ^= flip;
        let same = is_same_signature(captured, part, &original, &changed);
        prop_assert_eq!(part.is_taken(captured, &changed, verifier), same);
    }

    #[test]
    fn nothing_can_be_added_to_or_taken_from_a_signed_request(
        signed in any_signed(), part in prop::sample::select(&PARTS[..]), at: prop::sample::Index,
        added in "[a-zA-Z0-9=&%+._;-]{1,12}", taken in 0usize..12,
    ) {
        let (captured, verifier) = &*signed;
        let original = part.bytes(captured);
        let at = at.index(original.len() + 1);
        let end = (at + taken).min(original.len());
        let changed = [&original[..at], added.as_bytes(), &original[end..]].concat();
        prop_assume!(changed != original);
        let same = is_same_signature(captured, part, &original, &changed);
        prop_assert_eq!(part.is_taken(captured, &changed, verifier), same);
    }

    /// The signature does not cover the path: whatever it is changed to is judged as what will be sent.
    #[test]
    fn another_path_is_judged_as_that_path(signed in any_signed(), at: prop::sample::Index, byte in 0x20u8..0x7f) {
        let (captured, _) = &*signed;
        let path = captured.target.split('?').next().unwrap();
        let mut changed = path.as_bytes().to_vec();
        changed[at.index(path.len())] = byte;
        let changed = String::from_utf8(changed).unwrap();
        prop_assume!(changed != path);
        captured.with(|request| {
            let request = Request { path: &changed, ..*request };
            let Ok(params) = Binance.parse(&request) else { return };
            let classified = Binance.classify(&request, &params);
            let alone = Request { query: "", body: b"", ..request };
            let known = Binance.classify(&alone, &Binance.parse(&alone).unwrap());
            assert_eq!(classified.map(|purpose| purpose.needs), known.map(|purpose| purpose.needs));
            assert_eq!(Binance.strip(&request, &params).target.split('?').next(), Some(changed.as_str()));
        });
    }
}

/// The signature does not cover the method either. With another one, a request is refused or judged as that one: what
/// the table says of it, never what it said of the first.
#[test]
fn another_method_is_judged_as_that_method() {
    let mut judged = 0;
    for captured in signed() {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD] {
            captured.with(|request| {
                let changed = Request { method: &method, ..*request };
                let Ok(params) = Binance.parse(&changed) else { return };
                let own = Request { query: "", body: b"", ..changed };
                let table =
                    Binance.classify(&own, &Binance.parse(&own).unwrap()).map(|purpose| purpose.needs);
                assert_eq!(Binance.classify(&changed, &params).map(|purpose| purpose.needs), table);
                judged += 1;
            });
        }
    }
    assert!(judged > 700, "{judged}");
}
