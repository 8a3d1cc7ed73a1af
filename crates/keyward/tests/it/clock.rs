//! The host's clock jumps under a running server: libfaketime moves it, the exchange's and the clients' go right.

use crate::wire::{Reply, Wire};
use crate::world::{Issued, Setup, World};

/// An order that is good for a minute, so that it passes a clock that is off by seconds.
const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001&recvWindow=60000";

fn order(world: &World, key: &Issued) -> Reply {
    Wire::signed(key, "POST", "/api/v3/order", ORDER).send(&world.server.gateway)
}

#[test]
fn a_clock_that_jumps_signs_with_the_exchanges_time_or_not_at_all_and_recovers_without_a_restart() {
    let world = World::with(Setup { faketime: true, serve: &["--workers", "1"], ..Setup::default() });
    let key = world.key("bot", &["--allow", "market,read,trade", "--rate", "unlimited"]);
    let first = Wire::signed(&key, "POST", "/api/v3/order", ORDER);
    assert_eq!(first.send(&world.server.gateway).status, 200);
    world.set_clock("+20s");
    let corrected = order(&world, &key);
    assert_eq!(corrected.status, 200, "20 s ahead would be refused by the exchange: {corrected:?}");
    world.set_clock("+45s");
    assert_eq!(order(&world, &key).reason(), "clock_uncertain", "too far off to be a clock to decide by");
    for (off, reason) in [("+2h", "timestamp_stale"), ("-2h", "timestamp_ahead")] {
        world.set_clock(off);
        assert_eq!(order(&world, &key).reason(), reason, "{off}");
    }
    world.set_clock("+0s");
    assert_eq!(order(&world, &key).status, 200);
    assert_eq!(first.send(&world.server.gateway).reason(), "replayed", "what was used stays used");
}
