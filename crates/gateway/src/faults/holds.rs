//! Tests of holds through the whole gateway: whatever clients and operators do at the same time, an approval sends one
//! request once.

use std::time::{Duration, Instant};

use keyward_policy::{ApprovalId, Grant, Holds, Key, Verdict};

use super::door::{Door, Reply};
use super::exchange::Exchange;
use crate::Settings;
use crate::settings::Limits;

/// A door whose key needs an approval for every order, and whose clients wait for it this long.
fn opened(wait: Duration) -> (Exchange, Door) {
    let exchange = Exchange::open();
    let limits = Limits { hold: wait, answer: Duration::from_secs(5), ..Limits::default() };
    let settings = Settings { workers: 2, limits, ..Settings::default() };
    let holds = Holds::new(["trade".parse().unwrap()]).unwrap();
    let door = Door::of(&exchange, settings, |key| Key {
        rate: None,
        grants: vec![Grant { holds, ..key.grants[0].clone() }],
        ..key
    });
    (exchange, door)
}

/// The same order, signed at another time.
fn order(door: &Door, tag: &str) -> Vec<u8> {
    door.fixture.clock.pass_ms(1);
    door.request("POST", tag)
}

/// Waits until something waits for a person, and gives its id.
fn waiting(door: &Door) -> ApprovalId {
    let start = Instant::now();
    loop {
        if let Some(approval) = door.fixture.gateway.approvals().first() {
            return approval.id;
        }
        assert!(start.elapsed() < Duration::from_secs(10), "nothing waits");
        std::thread::yield_now();
    }
}

fn approve(door: &Door) {
    let id = waiting(door);
    assert!(door.fixture.gateway.decide_approval(id, Verdict::Approve).is_some());
}

/// Sends copies of an order at once, each signed for itself, and gives their answers.
fn at_once(door: &Door, copies: usize, tag: &str, meanwhile: impl FnOnce()) -> Vec<Reply> {
    let requests: Vec<_> = (0..copies).map(|_| order(door, tag)).collect();
    std::thread::scope(|scope| {
        let send = |request: &Vec<u8>| door.client().send(request).unwrap();
        let threads: Vec<_> = requests.iter().map(|request| scope.spawn(move || send(request))).collect();
        meanwhile();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn count(replies: &[Reply], reason: &str) -> usize {
    replies.iter().filter(|reply| reply.reason() == reason).count()
}

#[test]
fn of_repeats_that_race_for_one_approval_one_is_sent() {
    let (exchange, door) = opened(Duration::from_millis(50));
    for round in 0..20 {
        let tag = format!("ok.{round}");
        let first = door.client().send(&order(&door, &tag)).unwrap();
        assert_eq!((first.status, first.reason()), (401, "held"), "{first:?}");
        assert_eq!(exchange.delivered(&tag).times, 0);
        approve(&door);
        let replies = at_once(&door, 8, &tag, || {});
        assert_eq!((exchange.delivered(&tag).times, count(&replies, "")), (1, 1), "{replies:?}");
        let again = waiting(&door);
        door.fixture.gateway.decide_approval(again, Verdict::Deny).unwrap();
    }
    let intents = door.events().into_iter().filter(|event| event["event"] == "intent");
    assert!(intents.clone().all(|intent| intent["approval"].as_str().unwrap().starts_with("apr_")));
    assert_eq!(intents.count(), 20);
}

#[test]
fn of_clients_that_wait_for_one_approval_one_is_served() {
    let (exchange, door) = opened(Duration::from_secs(10));
    let replies = at_once(&door, 3, "ok.wait", || {
        let start = Instant::now();
        let all_wait = || door.fixture.gateway.holds.connected() == 3;
        while !all_wait() {
            assert!(start.elapsed() < Duration::from_secs(10));
            std::thread::yield_now();
        }
        approve(&door);
    });
    assert_eq!(exchange.delivered("ok.wait").times, 1);
    assert_eq!((count(&replies, ""), count(&replies, "hold_denied")), (1, 2), "{replies:?}");
}

#[test]
fn an_approval_that_meets_a_client_that_hangs_up_sends_at_most_once() {
    let (exchange, door) = opened(Duration::from_secs(10));
    let (mut kept, mut sent) = (0, 0);
    for round in 0..40 {
        let tag = format!("ok.{round}");
        let mut client = door.client();
        client.write(&order(&door, &tag)).unwrap();
        let id = waiting(&door);
        std::thread::scope(|scope| {
            scope.spawn(|| drop(client));
            // A little earlier or later than the client goes.
            std::thread::sleep(Duration::from_micros(round * 20));
            door.fixture.gateway.decide_approval(id, Verdict::Approve);
        });
        // The first has gone by now, or is on its way: then its approval is gone too.
        std::thread::sleep(Duration::from_millis(5));
        let is_kept = !door.fixture.gateway.approvals().is_empty();
        if is_kept {
            let again = door.client().send(&order(&door, &tag)).unwrap();
            assert_eq!(
                (again.status, again.reason()),
                (200, ""),
                "the approval is good for a repeat: {again:?}"
            );
            kept += 1;
        }
        let delivered = exchange.delivered(&tag).times;
        assert!(delivered <= 1 && (!is_kept || delivered == 1), "{tag} was delivered {delivered} times");
        sent += delivered;
        assert!(door.fixture.gateway.approvals().is_empty());
    }
    assert!(sent > 0, "{kept} approvals were kept");
}

#[test]
fn a_denial_is_told_at_once_and_what_is_not_held_does_not_wait() {
    let (exchange, door) = opened(Duration::from_secs(10));
    let start = Instant::now();
    assert_eq!(door.ask("GET", "ok.read").unwrap().status, 200);
    assert_eq!(door.ask("DELETE", "ok.cancel").unwrap().status, 200, "a cancellation never waits");
    let replies = at_once(&door, 1, "ok.denied", || {
        door.fixture.gateway.decide_approval(waiting(&door), Verdict::Deny).unwrap();
    });
    assert_eq!(replies[0].reason(), "hold_denied", "{replies:?}");
    assert!(replies[0].body.contains("has no operation privilege"), "no rate limit to ccxt: {replies:?}");
    assert!(start.elapsed() < Duration::from_secs(8));
    assert_eq!(exchange.delivered("ok.denied").times, 0);
}

#[test]
fn a_server_that_stops_lets_nobody_wait() {
    let (exchange, door) = opened(Duration::from_secs(10));
    let replies = at_once(&door, 1, "ok.stop", || {
        waiting(&door);
        door.fixture.gateway.end_approvals();
    });
    assert_eq!((replies[0].reason(), exchange.delivered("ok.stop").times), ("hold_denied", 0), "{replies:?}");
    let end = door.events().into_iter().find(|event| event["event"] == "approval_ended").unwrap();
    assert_eq!(end["end"], "stopped");
}
