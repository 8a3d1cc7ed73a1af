//! The pure core: measured inside the gateway's crate, where its parts can be had without a socket.

use anyhow::{Context, Result};
use serde::Deserialize;

use super::row::Row;
use super::{PROFILE, say};
use crate::process::{capture, cargo};

#[derive(Deserialize)]
struct Printed {
    rows: Vec<Row>,
}

/// Runs the gateway's own bench.
pub(super) fn rows(rounds: usize) -> Result<Vec<Row>> {
    say("core: building it, and measuring (some minutes)");
    let package = ["--package", "keyward-gateway", "--bench", "core", "--"];
    let printed = capture(
        cargo().args(["bench", "--quiet", "--profile", PROFILE]).args(package).arg(rounds.to_string()),
    )?;
    let printed: Printed = serde_json::from_str(&printed).context("the core's bench printed no rows")?;
    Ok(printed.rows)
}
