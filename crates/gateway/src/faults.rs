//! Tests of the whole gateway against an exchange on a bad day: each fault, with each method, over a new and over a kept
//! connection. What counts is what the exchange was sent, what the client was told, and what was recorded.

mod clock;
mod door;
mod exchange;
mod holds;
mod limits;
mod soak;

use serde_json::Value;

use self::door::{Door, Reply};
use self::exchange::Exchange;

const METHODS: [&str; 4] = ["GET", "POST", "PUT", "DELETE"];

/// No head of an answer, or none that can be read.
const NO_HEAD: [&str; 10] = [
    "fin",
    "rst",
    "hang",
    "late",
    "half_status",
    "half_head",
    "hang_head",
    "garbage",
    "other_protocol",
    "huge_head",
];
/// A head, and a body that breaks off or cannot be read.
const HALF_ANSWERS: [&str; 4] = ["half_body", "half_chunk", "bad_chunk", "hang_body"];

/// One exchange and a door in front of it with one worker, so that connections are kept in a known place.
struct Day {
    exchange: Exchange,
    door: Door,
}

impl Day {
    fn new() -> Self {
        let exchange = Exchange::open();
        let door = Door::open(&exchange, 1);
        Self { exchange, door }
    }

    /// Makes a request over a new connection to the exchange, or over one that has served before.
    fn suffer(&self, method: &str, fault: &str, kept: bool) -> Option<Reply> {
        let case = format!("{method}.{kept}");
        if kept {
            let first = self.door.ask("GET", &format!("ok.before.{fault}.{case}"));
            assert_eq!(first.map(|reply| reply.status), Some(200), "{case} {fault}");
        }
        let tag = format!("{fault}.{case}");
        let reply = self.door.ask(method, &tag);
        let delivery = self.exchange.delivered(&tag);
        assert_eq!((delivery.times, delivery.kept_for > 0), (1, kept), "{tag}");
        reply
    }

    /// What the audit log says last: of an outcome, its status and its reason.
    fn outcome(&self) -> (Value, Value) {
        let last = self.door.events().pop().unwrap();
        assert!(["outcome", "forwarded"].contains(&last["event"].as_str().unwrap()), "{last}");
        (last["status"].clone(), last["reason"].clone())
    }
}

/// Every method, over a new connection and over a kept one.
fn each(mut try_one: impl FnMut(&Day, &str, bool)) {
    for method in METHODS {
        for kept in [false, true] {
            try_one(&Day::new(), method, kept);
        }
    }
}

fn is_unknown(reply: Option<&Reply>) -> bool {
    reply.is_some_and(|reply| {
        reply.status == 504 && reply.reason() == "outcome_unknown" && reply.body.contains("\"code\":-1007")
    })
}

#[test]
fn what_was_taken_and_not_answered_is_delivered_once_and_its_outcome_is_unknown() {
    each(|day, method, kept| {
        for fault in NO_HEAD {
            let reply = day.suffer(method, fault, kept);
            assert!(is_unknown(reply.as_ref()), "{method} {fault} kept {kept}: {reply:?}");
            assert_eq!(day.outcome(), (Value::Null, "outcome_unknown".into()), "{method} {fault}");
        }
    });
}

#[test]
fn half_an_answer_about_money_is_no_answer() {
    each(|day, method, kept| {
        for fault in HALF_ANSWERS {
            let reply = day.suffer(method, fault, kept);
            if method == "GET" {
                assert_eq!(reply, None, "half an answer to a read does not look whole: {fault}");
            } else {
                assert!(is_unknown(reply.as_ref()), "{method} {fault} kept {kept}: {reply:?}");
                assert_eq!(day.outcome(), (200.into(), "outcome_unknown".into()), "{method} {fault}");
            }
        }
    });
}

#[test]
fn the_exchanges_own_error_is_passed_on_and_what_is_known_is_recorded() {
    each(|day, method, kept| {
        for (fault, status) in [("s500", 500), ("s502", 502), ("s503", 503), ("s504", 504)] {
            // The connection outlives the error.
            let day = if kept { day } else { &Day::new() };
            let reply = day.suffer(method, fault, kept).unwrap();
            assert_eq!((reply.status, reply.reason(), &*reply.body), (status, "", "{}"));
            let known = if method == "GET" { Value::Null } else { "outcome_unknown".into() };
            assert_eq!(day.outcome(), (status.into(), known), "{method} {fault}");
        }
    });
}

#[test]
fn an_answer_that_lies_about_its_length_never_becomes_the_answer_to_another_request() {
    each(|day, method, kept| {
        let lied = day.suffer(method, "too_long", kept).unwrap();
        assert_eq!((lied.status, &*lied.body), (200, "{}"));
        let two = day.suffer(method, "two_lengths", false);
        assert!(is_unknown(two.as_ref()), "{method}: {two:?}");
        let after = day.door.ask("GET", "ok.after").unwrap();
        assert_eq!(&*after.body, "{\"status\":\"OK\"}");
    });
}

#[test]
fn a_kept_connection_that_the_exchange_has_closed_costs_nothing() {
    each(|day, method, _| {
        for round in 0..5 {
            let closed = day.exchange.closed();
            assert_eq!(day.door.ask(method, &format!("close.{round}")).unwrap().status, 200);
            while day.exchange.closed() == closed {
                std::thread::yield_now();
            }
            let tag = format!("ok.{round}");
            assert_eq!(day.door.ask(method, &tag).unwrap().status, 200, "{method}");
            assert_eq!(day.exchange.delivered(&tag).times, 1);
        }
    });
}

#[test]
fn of_one_signed_request_sixteen_times_at_once_one_is_delivered_and_the_others_name_it() {
    let exchange = Exchange::open();
    let door = Door::open(&exchange, 2);
    for method in METHODS {
        let tag = format!("ok.{method}");
        let request = door.request(method, &tag);
        let replies = std::thread::scope(|scope| {
            let send = || door.client().send(&request).unwrap();
            let threads: Vec<_> = (0..16).map(|_| scope.spawn(send)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(exchange.delivered(&tag).times, 1, "{method}");
        let (answered, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
        assert_eq!(answered.len(), 1, "{method}");
        let first = answered[0].header("keyward-request-id").unwrap();
        let names_it = |reply: &&&Reply| reply.reason() == "replayed" && reply.body.contains(first);
        assert_eq!(refused.iter().filter(names_it).count(), 15, "{refused:?}");
    }
}
