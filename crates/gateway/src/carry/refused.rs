//! Refused: counted against its sender, and in the audit log within bounds.

use std::borrow::Cow;

use keyward_policy::{Event, Reason, Refused, Unrecorded, What};

use super::receive::Resolved;
use super::record::{described, note};
use super::verify::micros;
use crate::denied::Denied;
use crate::failures::Wrong;
use crate::gateway::Gateway;

/// Counts and records a refusal; gives back what to answer, which is another thing to who failed too often.
pub(crate) fn record_refusal(gateway: &Gateway, resolved: &Resolved, denied: Denied) -> Denied {
    let denied = count(gateway, resolved, denied);
    let now_us = micros(resolved.at);
    let before = if is_vouched_for(&denied) {
        Some(0)
    } else {
        let wrong = Wrong::Anything(resolved.sender());
        let sender_may =
            denied.reason != Reason::TooManyFailures && gateway.failures.count(wrong, now_us).is_ok();
        gateway.tally.record(sender_may, now_us)
    };
    if let Some(count @ 1..) = before {
        note(gateway, &Event { at: resolved.at, what: What::Unrecorded(Unrecorded { count }) });
    }
    if before.is_some() {
        // It may have waited for a person: the log's last entry says until when it was written.
        let at = gateway.clock.now();
        note(gateway, &Event { at, what: What::Refused(refused(resolved, &denied)) });
    }
    denied
}

/// Counts what was wrong about a key.
fn count(gateway: &Gateway, resolved: &Resolved, denied: Denied) -> Denied {
    let sender = resolved.sender();
    let wrong = match (denied.reason, denied.known.key) {
        (Reason::SignatureInvalid, Some(key)) => Wrong::Signature(sender, key),
        (Reason::KeyUnknown, _) => Wrong::Key(sender),
        _ => return denied,
    };
    match gateway.failures.count(wrong, micros(resolved.at)) {
        Ok(()) => denied,
        Err(wait_us) => Denied::too_many_failures(wait_us).knowing(*denied.known),
    }
}

/// Whether the refusal tells of what a key's holder did, as nobody else could have made it. A holder who asks too fast
/// can do that as often as he likes.
fn is_vouched_for(denied: &Denied) -> bool {
    denied.known.signed && denied.reason != Reason::RateLimited
}

fn refused<'a>(resolved: &'a Resolved, denied: &'a Denied) -> Refused<'a> {
    Refused {
        request: described(resolved, *denied.known),
        reason: denied.reason,
        detail: Cow::Borrowed(&denied.detail),
    }
}

#[cfg(test)]
mod tests {
    use keyward_ledger::tail;

    use super::*;
    use crate::fixture::Fixture;

    /// Sends the request so often, and says what was answered the last time and how many entries the log has.
    fn refuse(
        fixture: &Fixture,
        times: usize,
        request: impl Fn() -> http::Request<bytes::Bytes>,
    ) -> (Reason, usize) {
        let mut last = Reason::Malformed;
        for _ in 0..times {
            let received = fixture.received(request());
            let gateway = &*fixture.gateway;
            let read = received.read().unwrap().identify(&gateway.directory);
            let denied = read.and_then(|identified| identified.verify(gateway)).err().unwrap();
            last = record_refusal(gateway, &received.resolved, denied).reason;
        }
        fixture.gateway.ledger.close().unwrap();
        (last, tail(fixture.audit.path(), 1000).unwrap().0.len())
    }

    fn changed(fixture: &Fixture, from: &str, to: &str) -> http::Request<bytes::Bytes> {
        let mut request = fixture.signed("GET", "/api/v3/account", "");
        let uri = request.uri().to_string().replace(from, to);
        *request.uri_mut() = uri.parse().unwrap();
        request
    }

    #[test]
    fn bad_signatures_are_refused_unread_after_a_while_and_fill_no_log() {
        let fixture = Fixture::new("http://exchange", "read");
        let bad = || changed(&fixture, "timestamp=1", "timestamp=2");
        assert_eq!(refuse(&fixture, 500, bad), (Reason::TooManyFailures, 60));
    }

    #[test]
    fn who_was_wrong_too_often_is_not_heard_for_that_key_even_when_he_is_right() {
        let fixture = Fixture::new("http://exchange", "read");
        refuse(&fixture, 61, || changed(&fixture, "timestamp=1", "timestamp=2"));
        let right = || fixture.rehearse(fixture.signed("GET", "/api/v3/account", "")).err();
        assert_eq!(right(), Some(Reason::TooManyFailures));
        fixture.clock.pass_ms(1000);
        assert_eq!(right(), None);
    }

    #[test]
    fn keys_that_were_never_issued_fill_no_log_and_hold_no_key_up() {
        let fixture = Fixture::new("http://exchange", "read");
        let unknown = || {
            let mut request = fixture.signed("GET", "/api/v3/account", "");
            request.headers_mut().insert("x-mbx-apikey", "guess".parse().unwrap());
            request
        };
        assert_eq!(refuse(&fixture, 500, unknown), (Reason::TooManyFailures, 60));
        assert_eq!(fixture.rehearse(fixture.signed("GET", "/api/v3/account", "")).err(), None);
    }
}
