//! Tests of the host's clock jumping under the whole gateway, while the exchange's goes right.

use super::door::Door;
use super::exchange::Exchange;
use crate::fixture::START_S;

const HOUR_MS: i64 = 3_600_000;

/// A door whose worker knows the exchange's time: so many seconds after the time that the host's clock shows.
fn opened(ahead: &str) -> (Exchange, Door) {
    let exchange = Exchange::open();
    let door = Door::open(&exchange, 1);
    assert_eq!(door.ask("GET", &format!("dated{ahead}.first")).unwrap().status, 200);
    (exchange, door)
}

#[test]
fn a_clock_that_is_off_by_seconds_signs_with_the_exchanges_time() {
    for (exchange_s, host_s) in [(20, 0), (0, 20)] {
        let (exchange, door) = opened(&format!("{exchange_s:02}"));
        door.fixture.clock.pass_ms(host_s * 1_000);
        assert_eq!(door.ask("POST", "ok.off").unwrap().status, 200);
        let signed_ms = exchange.delivered("ok.off").timestamp_ms;
        assert!((signed_ms - (START_S + exchange_s) * 1_000).abs() < 3_000, "{exchange_s}: {signed_ms}");
    }
}

#[test]
fn a_clock_that_jumps_by_an_hour_signs_nothing_and_goes_on_when_it_is_right_again() {
    for jump_ms in [HOUR_MS, -HOUR_MS] {
        let (exchange, door) = opened("00");
        door.fixture.clock.pass_ms(jump_ms);
        let refused = door.ask("POST", "ok.jumped").unwrap();
        // Back before its start, the door cannot know what was accepted then.
        let reason = if jump_ms > 0 { "clock_uncertain" } else { "timestamp_stale" };
        assert_eq!((refused.reason(), exchange.delivered("ok.jumped").times), (reason, 0), "{refused:?}");
        assert_eq!(refused.status, if jump_ms > 0 { 503 } else { 400 });
        door.fixture.clock.pass_ms(-jump_ms);
        assert_eq!(door.ask("POST", "ok.again").unwrap().status, 200);
    }
}

#[test]
fn waits_do_not_follow_the_clock() {
    let (_, door) = opened("00");
    let replies = std::thread::scope(|scope| {
        let hanging = scope.spawn(|| door.ask("POST", "hang.1"));
        std::thread::sleep(std::time::Duration::from_millis(50));
        door.fixture.clock.pass_ms(-HOUR_MS);
        hanging.join().unwrap()
    });
    assert_eq!(replies.unwrap().reason(), "outcome_unknown", "the deadline came all the same");
}
