//! `cargo xtask bench`: what Keyward costs, beside what others cost, measured in the same run.
//!
//! Figures from a shared machine are worth little; ratios between programs that took turns on it are worth more.
//! PERFORMANCE.md says what each row means and what it was when it was last looked at.

mod core;
mod daemon;
mod gateway;
mod keyward;
mod machine;
mod record;
mod row;
mod start;

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::process::cargo;

/// How everything is built: as it is released.
const PROFILE: &str = "dist";

/// What `bench` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print one JSON document: {"rows":[{"name","value","unit","ratio"}]}
    #[arg(long)]
    json: bool,
    /// Write the rows into PERFORMANCE.md, with the date, the commit and the machine
    #[arg(long, conflicts_with = "only")]
    record: bool,
    /// How often everything is measured in turn; a row is the median
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// About how long each program is under load in each round
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Only one part
    #[arg(long)]
    only: Option<Part>,
}

/// A part of the bench.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The pure core, without a socket
    Core,
    /// The whole gateway, beside nginx and HAProxy
    Gateway,
    /// Honest clients beside a thousand slow ones
    Slow,
    /// A start with a hundred thousand keys, after a kill
    Start,
}

/// Measures, and shows the rows.
pub(crate) fn run(args: &Args) -> Result<()> {
    if cfg!(debug_assertions) {
        return run_optimized();
    }
    let mut rows = Vec::new();
    let wants = |part| args.only.is_none_or(|only| only == part);
    if wants(Part::Core) {
        rows.extend(core::rows(args.rounds)?);
    }
    if wants(Part::Gateway) {
        rows.extend(gateway::rows(args.rounds, args.seconds)?);
    }
    if wants(Part::Slow) {
        rows.extend(gateway::slow::rows(args.rounds, args.seconds)?);
    }
    if wants(Part::Start) {
        rows.extend(start::rows(args.rounds)?);
    }
    if args.record {
        record::write(args, &rows)?;
    }
    if args.json {
        println!("{}", serde_json::json!({ "rows": rows }));
    } else {
        row::print(&rows);
    }
    Ok(())
}

/// The load comes from this very program, so it must not be the slow one.
fn run_optimized() -> Result<()> {
    let given = std::env::args_os().skip(1);
    let bench = ["run", "--profile", PROFILE, "--quiet", "--package", "keyward-xtask", "--"];
    let status = cargo().args(bench).args(given).status()?;
    ensure!(status.success(), "the bench did not finish");
    Ok(())
}

/// Says what goes on; the result has standard output for itself.
#[expect(clippy::print_stderr, reason = "progress must not mix with the JSON on standard output")]
fn say(what: impl std::fmt::Display) {
    eprintln!("{what}");
}
