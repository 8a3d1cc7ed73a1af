//! `cargo xtask fuzz`: a short run of the fuzz targets with cargo-fuzz.

use anyhow::{Result, bail};

use crate::process::{capture, cargo, has_subcommand, root, run as run_program};

/// What `fuzz` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// One target; all of them when not given
    target: Option<String>,
    /// How long each target runs
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

/// Runs the targets one after the other.
pub(crate) fn run(args: &Args) -> Result<()> {
    if !root().join("fuzz/Cargo.toml").is_file() {
        bail!("there are no fuzz targets: the folder fuzz/ does not exist");
    }
    if !has_subcommand("fuzz") {
        bail!("cargo-fuzz is not installed: cargo install --locked cargo-fuzz");
    }
    for target in targets(args.target.as_deref())? {
        // The sanitizers that cargo-fuzz asks for are unstable options; this opens them on a stable toolchain.
        let mut fuzz = cargo();
        fuzz.env("RUSTC_BOOTSTRAP", "1").args(["fuzz", "run", &target, "--"]);
        run_program(fuzz.arg(format!("-max_total_time={}", args.seconds)))?;
    }
    Ok(())
}

fn targets(one: Option<&str>) -> Result<Vec<String>> {
    if let Some(name) = one {
        return Ok(vec![name.to_owned()]);
    }
    let list = capture(cargo().args(["fuzz", "list"]))?;
    Ok(list.lines().map(str::to_owned).collect())
}
