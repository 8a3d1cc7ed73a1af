//! What a thousand slow clients do to honest ones: a steady load on Keyward while slowhttptest attacks it, and the same load
//! while it attacks the nginx beside it. So what the tool itself takes from the load is in both.

use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::load::Pace;
use super::measured::Measured;
use super::stage::Stage;
use super::traffic::reads;
use crate::bench::row::{Row, median};
use crate::bench::say;
use crate::debian;
use crate::process::{on_path, program};

/// What slowhttptest does, what a row calls it, and where.
const ATTACKS: [(&str, &str, &str); 3] = [
    // Heads that do not end, bodies that do not end, answers that are not read.
    ("heads", "-H -i 5", "/binance/api/v3/time"),
    ("bodies", "-B -i 5", "/binance/api/v3/order"),
    ("readers", "-X -w 10 -y 20 -n 5 -z 32", "/binance/api/v3/exchangeInfo"),
];
/// A thousand connections, two hundred more each second, for longer than is measured.
const CROWD: &str = "-c 1000 -r 200 -l 60";
/// Until the thousand are there.
const GATHERING: Duration = Duration::from_secs(6);
/// Honest requests a second: what a large desk sends, and far below what the door carries.
const HONEST: f64 = 2_000.0;

/// An attack that ends with its measurement.
struct Attack(Child);

impl Drop for Attack {
    fn drop(&mut self) {
        // One that has ended by itself is gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Measures in rounds: each attack elsewhere first, and then here.
pub(in crate::bench) fn rows(rounds: usize, seconds: f64) -> Result<Vec<Row>> {
    ensure!(rounds > 0 && seconds > 0.0, "there is nothing to measure in no rounds, or no seconds");
    if !on_path("slowhttptest") {
        debian::install("slowhttptest", "slowhttptest")?;
    }
    let stage = Stage::open()?;
    let requests = (seconds * HONEST) as usize;
    ATTACKS.iter().map(|attack| row(&stage, attack, rounds, requests)).collect()
}

fn row(stage: &Stage, attack: &(&str, &str, &str), rounds: usize, requests: usize) -> Result<Row> {
    let (name, ..) = attack;
    let mut measured = Vec::new();
    for _ in 0..rounds {
        let [elsewhere, here] = [stage.nginx.port, stage.keyward.port].map(|port| {
            let _crowd = Attack::start(port, attack)?;
            honest(stage, requests)
        });
        let (elsewhere, here) = (elsewhere?, here?);
        say(format_args!("slow {name}: {here:.0} µs, and {elsewhere:.0} µs while nginx has them"));
        measured.push((here, here / elsewhere));
    }
    let value = median(measured.iter().map(|(here, _)| *here));
    let ratio = median(measured.iter().map(|(_, ratio)| *ratio));
    Ok(Row::new(format!("slow_{name}_p99_us"), value, "us").with_ratio(ratio))
}

/// The latency that one honest request in a hundred exceeds, in microseconds.
fn honest(stage: &Stage, requests: usize) -> Result<f64> {
    let reads = reads(&stage.holders, requests)?;
    Ok(Measured::take(&stage.keyward, &reads, Pace::PerSecond(HONEST))?.p99_us)
}

impl Attack {
    fn start(port: u16, (name, how, path): &(&str, &str, &str)) -> Result<Self> {
        let mut command = program("slowhttptest");
        command.args(how.split(' ')).args(CROWD.split(' '));
        command.args(["-u", &format!("http://127.0.0.1:{port}{path}")]).stdout(Stdio::null());
        let child = command.spawn().with_context(|| format!("slowhttptest cannot attack with {name}"))?;
        let mut attack = Self(child);
        sleep(GATHERING);
        ensure!(attack.0.try_wait()?.is_none(), "slowhttptest ended before anything was measured");
        Ok(attack)
    }
}
