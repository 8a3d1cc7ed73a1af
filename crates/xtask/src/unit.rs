//! The service's unit in `deploy/`: systemd itself rates how exposed it leaves the service.

use anyhow::Result;

use crate::debian::install;
use crate::process::{capture, in_ci, on_path, program};

/// The rating at which a unit is refused, in tenths.
const EXPOSED: &str = "--threshold=15";

/// Lets systemd rate the unit; where there is no systemd, only CI gets one for it.
pub(crate) fn check() -> Result<()> {
    if !on_path("systemd-analyze") {
        if !in_ci() {
            println!("systemd-analyze is not installed: the unit is not rated");
            return Ok(());
        }
        install("systemd", "systemd-analyze")?;
    }
    let rate = ["security", "--no-pager", "--offline=true", EXPOSED, "deploy/keyward.service"];
    let rated = capture(program("systemd-analyze").args(rate))?;
    println!("{}", rated.lines().last().unwrap_or_default().trim());
    Ok(())
}
