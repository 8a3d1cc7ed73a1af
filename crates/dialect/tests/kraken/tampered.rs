//! No bit of a signed request can be changed, and no change of what is not signed gains anything.

use http::{HeaderValue, Method};
use keyward_dialect::kraken::Kraken;
use keyward_dialect::{Dialect, Request};
use proptest::prelude::*;

use crate::captured::{Captured, claim, signed};

/// Whether the gateway would take the request for one of this key's: everything up to the signature.
fn is_taken(request: &Request<'_>, captured: &Captured) -> bool {
    let verified =
        claim(request, |claim| claim.key == captured.creds.key && claim.verify(&captured.verifier()).is_ok());
    verified.is_ok_and(|verified| verified.unwrap_or(false))
}

/// The part of a request that is changed.
#[derive(Clone, Copy, Debug)]
enum Part {
    Path,
    Body,
    Key,
    Signature,
}

const PARTS: [Part; 4] = [Part::Path, Part::Body, Part::Key, Part::Signature];

impl Part {
    fn bytes(self, captured: &Captured) -> Vec<u8> {
        match self {
            Self::Path => captured.target.clone().into(),
            Self::Body => captured.body.clone().into(),
            Self::Key => captured.header("api-key").unwrap().into(),
            Self::Signature => captured.header("api-sign").unwrap().into(),
        }
    }

    /// Whether the request with these bytes in place of the part is taken. Bytes that cannot stand in a request are not.
    fn is_taken(self, captured: &Captured, bytes: &[u8]) -> bool {
        captured.with(|request| {
            let mut headers = request.headers.clone();
            let request = match self {
                Self::Path => {
                    let Ok(path) = str::from_utf8(bytes) else { return false };
                    Request { path, ..*request }
                }
                Self::Body => Request { body: bytes, ..*request },
                Self::Key | Self::Signature => {
                    let Ok(value) = HeaderValue::from_bytes(bytes) else { return false };
                    let name = if matches!(self, Self::Key) { "api-key" } else { "api-sign" };
                    headers.insert(name, value);
                    Request { headers: &headers, ..*request }
                }
            };
            is_taken(&request, captured)
        })
    }
}

#[test]
fn no_bit_of_a_signed_request_can_be_flipped() {
    let mut flipped = 0;
    for captured in signed().iter().step_by(2) {
        for part in PARTS {
            let original = part.bytes(captured);
            assert!(part.is_taken(captured, &original));
            for at in 0..original.len() * 8 {
                let mut changed = original.clone();
                changed[at / 8] ^= 1 << (at % 8);
                assert!(!part.is_taken(captured, &changed), "{part:?} {at} of {captured:?}");
                flipped += 1;
            }
        }
    }
    assert!(flipped > 30_000, "{flipped}");
}

/// The signature does not cover the query, so a private call has none; nor the method, and only one is served.
#[test]
fn what_is_not_signed_cannot_be_added() {
    for captured in signed() {
        captured.with(|request| {
            let queried = Request { query: "pair=ETHUSD", ..*request };
            assert!(Kraken.parse(&queried).is_err(), "{captured:?}");
            for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
                assert!(
                    Kraken.parse(&Request { method: &method, ..*request }).is_err(),
                    "{method} {captured:?}"
                );
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn nothing_can_be_added_to_or_taken_from_a_signed_request(
        captured in prop::sample::select(signed()), part in prop::sample::select(&PARTS[..]), at: prop::sample::Index,
        added in "[a-zA-Z0-9=&%+._;\"{},:-]{1,12}", taken in 0usize..12,
    ) {
        let original = part.bytes(&captured);
        let at = at.index(original.len() + 1);
        let end = (at + taken).min(original.len());
        let changed = [&original[..at], added.as_bytes(), &original[end..]].concat();
        prop_assume!(changed != original);
        prop_assert!(!part.is_taken(&captured, &changed));
    }
}
