//! Tests of the breaker through the whole gateway: what is sent while the exchange wants to be left alone.

use std::time::{Duration, Instant};

use super::METHODS;
use super::door::{Door, Reply};
use super::exchange::Exchange;

/// What the exchange says to wait with its fault `s418`.
const WAIT: Duration = Duration::from_secs(2);

fn opened() -> (Exchange, Door) {
    let exchange = Exchange::open();
    let door = Door::open(&exchange, 2);
    (exchange, door)
}

/// Several clients at once, each with a request of its own.
fn at_once(clients: usize, ask: impl Fn(usize) -> Option<Reply> + Sync) -> Vec<Reply> {
    std::thread::scope(|scope| {
        let ask = &ask;
        let threads: Vec<_> = (0..clients).map(|client| scope.spawn(move || ask(client).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn held_back(reply: &Reply) -> bool {
    let limited = reply.status == 429 && reply.body.contains("\"code\":-1003");
    limited && reply.reason() == "venue_rate_limited" && reply.header("retry-after").is_some()
}

#[test]
fn nothing_is_sent_during_a_ban_by_any_worker_for_any_request() {
    let (exchange, door) = opened();
    assert_eq!(door.ask("GET", "s418.first").unwrap().status, 418, "the exchange's own answer");
    let until = Instant::now() + WAIT / 3;
    let replies = at_once(8, |client| {
        let mut last = None;
        for round in 0.. {
            if Instant::now() >= until {
                break;
            }
            last = door.ask(METHODS[client % METHODS.len()], &format!("ok.{client}.{round}"));
            assert!(held_back(last.as_ref().unwrap()), "{last:?}");
        }
        last
    });
    assert_eq!((replies.len(), exchange.all().len()), (8, 1), "only the first was sent");
    assert!(door.events().iter().all(|event| event["event"] != "intent"), "and nothing else was about to be");
    assert!(door.fixture.gateway.metrics().contains("banned=\"true\""));
    std::thread::sleep(WAIT);
    assert_eq!(door.ask("POST", "ok.after").unwrap().status, 200);
    assert!(!door.fixture.gateway.metrics().contains("banned"), "the pause is over");
}

#[test]
fn one_request_finds_out_whether_a_ban_is_over() {
    let (exchange, door) = opened();
    door.ask("GET", "s418.first").unwrap();
    std::thread::sleep(WAIT);
    let replies = at_once(16, |client| door.ask("POST", &format!("hang.{client}")));
    assert_eq!(exchange.all().len(), 2);
    assert_eq!(replies.iter().filter(|reply| held_back(reply)).count(), 15, "{replies:?}");
}

#[test]
fn a_few_cancels_pass_while_the_exchange_asks_to_slow_down() {
    let (exchange, door) = opened();
    assert_eq!(door.ask("POST", "slow.first").unwrap().status, 429);
    let cancels = (0..8).map(|cancel| door.ask("DELETE", &format!("ok.{cancel}")).unwrap());
    assert_eq!(cancels.filter(|reply| reply.status == 200).count(), 3);
    assert!(held_back(&door.ask("POST", "ok.order").unwrap()));
    assert_eq!(exchange.all().len(), 4);
}
