//! The whole gateway beside nginx and HAProxy: one exchange behind them, the same requests over as many connections.
//!
//! The door under load has one core to itself; the load and the exchange share the others. The doors take turns, and
//! what is compared was measured in the same round.

mod load;
mod measured;
mod report;
mod rivals;
mod round;
pub(super) mod slow;
mod stage;
mod traffic;

use anyhow::{Result, ensure};

use self::round::Round;
use self::stage::Stage;
use super::row::Row;
use super::say;

/// Requests that a round makes for each second asked for: near what a door carries on one core, so that a round takes
/// about that long.
const PER_SECOND: f64 = 30_000.0;

/// Measures in rounds, and reports the medians.
pub(super) fn rows(rounds: usize, seconds: f64) -> Result<Vec<Row>> {
    ensure!(rounds > 0 && seconds > 0.0, "there is nothing to measure in no rounds, or no seconds");
    let requests = (seconds * PER_SECOND) as usize;
    let stage = Stage::open()?;
    let mut done = Vec::new();
    for number in 1..=rounds {
        let round = Round::measure(&stage, requests)?;
        say(format_args!("gateway: round {number} of {rounds}: {round}"));
        done.push(round);
    }
    Ok(report::rows(&done))
}
