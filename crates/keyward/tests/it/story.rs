//! The whole story with real clients: trading, and every way of being refused; on SQLite, in assert mode, on Postgres.

mod refusals;
mod trading;

use crate::clients::Clients;
use crate::world::{Setup, World};

/// A proxy at 127.0.0.2 is trusted; the tests connect from other loopback addresses as strangers.
const USUAL: Setup = Setup { serve: &["--trusted-proxy", "127.0.0.2/32"], ..Setup::BINANCE };

fn tell(setup: Setup) {
    let mut world = World::with(setup);
    let mut clients = Clients::start();
    trading::tell(&world, &mut clients);
    refusals::tell(&world, &mut clients);
    refusals::tell_of_the_vault(&world, &mut clients);
    assert!(
        world.operate(&["audit", "verify"])["entries"].as_u64() > Some(100),
        "everything is recorded and unchanged"
    );
    refusals::tell_of_the_exchange_being_down(&mut world, &mut clients);
}

#[test]
fn the_story_on_sqlite() {
    tell(USUAL);
}

#[test]
fn the_story_in_assert_mode() {
    tell(Setup { assert: true, ..USUAL });
}

#[test]
fn the_story_on_postgres() {
    tell(Setup { postgres: true, ..USUAL });
}
