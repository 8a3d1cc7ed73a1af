//! The pure core: measured inside the gateway's crate, where its parts can be had without a socket.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::row::Row;
use super::say;
use crate::process::{capture, cargo};

#[derive(Deserialize)]
struct Printed {
    rows: Vec<Row>,
}

/// Runs the gateway's own bench.
pub(super) fn rows(rounds: usize) -> Result<Vec<Row>> {
    say("core: building it, and measuring (a minute or two)");
    let bench = ["bench", "--quiet", "--package", "keyward-gateway", "--bench", "core", "--"];
    let printed = capture(cargo().args(bench).arg(rounds.to_string()))?;
    let printed: Printed = serde_json::from_str(&printed).context("the core's bench printed no rows")?;
    Ok(printed.rows)
}
