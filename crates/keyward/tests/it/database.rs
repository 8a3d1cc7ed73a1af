//! The database goes away under load, comes back, and Keyward goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::wire::Wire;
use crate::world::{Issued, Setup, World};

/// For everything that must come to pass.
const DEADLINE: Duration = Duration::from_secs(60);
/// Between requests, so that the exchange's own limits are not met.
const PACE: Duration = Duration::from_millis(200);
const ORDER: &str = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";

/// Says so when it goes, however that comes.
struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn order(world: &World, key: &Issued) -> String {
    let reply = Wire::signed(key, "POST", "/api/v3/order", ORDER).send(&world.server.gateway);
    if reply.status == 200 { "made".to_owned() } else { reply.reason().to_owned() }
}

/// Makes orders until one ends like this; those before it must have ended like that.
fn orders_until(world: &World, key: &Issued, end: &str, before: &str) {
    let start = Instant::now();
    loop {
        let ended = order(world, key);
        if ended == end {
            return;
        }
        assert_eq!(ended, before, "while waiting for {end}");
        assert!(start.elapsed() < DEADLINE, "no order ended with {end}");
        thread::sleep(PACE);
    }
}

#[test]
fn without_its_database_keyward_serves_for_a_while_changes_nothing_and_goes_on_when_it_is_back() {
    let config = "[gateway]\nwithout_database = '5s'\n";
    let mut world = World::with(Setup { postgres: true, config, ..Setup::default() });
    let key = world.key("bot", &["--allow", "market,read,trade", "--rate", "unlimited"]);
    let (victim, ready) = (world.key("victim", &["--allow", "read"]), |world: &World| {
        Wire::bare("GET", "/readyz").send_under(&world.server.control, "").status
    });
    assert_eq!(order(&world, &key), "made");
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        // Another client reads all the while, so that the connections and the log are under load.
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                Wire::signed(&key, "GET", "/api/v3/openOrders", "symbol=BTCUSDT").send(&world.server.gateway);
                thread::sleep(PACE);
            }
        });
        let _done = Done(&done);
        world.cable.as_ref().unwrap().cut();
        assert_eq!(order(&world, &key), "made", "the keys in memory are served, and the intent is on disk");
        let revoked = world.run(&["key", "revoke", &victim.id]);
        assert!(!revoked.status.success(), "nothing is changed that cannot be stored");
        orders_until(&world, &key, "database_gone", "made");
        assert_eq!(ready(&world), 503);
        world.cable.as_ref().unwrap().mend();
        orders_until(&world, &key, "made", "database_gone");
        assert_eq!(ready(&world), 200);
    });
    world.operate(&["key", "revoke", &victim.id]);
    let read = Wire::signed(&victim, "GET", "/api/v3/account", "").send(&world.server.gateway);
    assert_eq!(read.reason(), "key_revoked");
    world.server.kill();
    world.cable.as_ref().unwrap().cut();
    let passphrase = world.path("passphrase");
    let cold = world.run(&[
        "serve",
        "--gateway",
        "127.0.0.1:0",
        "--control",
        "127.0.0.1:0",
        "--passphrase-file",
        &passphrase,
    ]);
    assert!(!cold.status.success(), "never a cold start without it");
}
