//! `cargo xtask fuzz`: runs the fuzz targets with cargo-fuzz, from a corpus made of captured requests.

mod seeds;

use anyhow::Result;

use crate::process::{capture, cargo, program, root, run as run_program, target as target_folder};

/// Built under `target/` where it is missing.
const CARGO_FUZZ: &str = "cargo-fuzz@0.13.2";

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
    let tools = target_folder()?.join("tools");
    let cargo_fuzz = tools.join("bin/cargo-fuzz");
    if !cargo_fuzz.is_file() {
        run_program(cargo().args(["install", "--locked", "--quiet", CARGO_FUZZ, "--root"]).arg(&tools))?;
    }
    let fuzz = |action: &str| {
        let mut fuzz = program(&cargo_fuzz);
        fuzz.args(["fuzz", action]);
        fuzz
    };
    let targets = args.target.clone().map_or_else(|| capture(&mut fuzz("list")), Ok)?;
    for target in targets.lines() {
        seeds::write(root(), target)?;
        // Without a sanitizer: our own code is free of `unsafe`, and so any toolchain will do.
        let mut fuzz = fuzz("run");
        fuzz.args(["--sanitizer", "none", target, "--"]).arg(format!("-max_total_time={}", args.seconds));
        run_program(&mut fuzz)?;
    }
    Ok(())
}

/// Builds the targets, without the instrumentation that only a run needs.
pub(crate) fn build() -> Result<()> {
    let folder = target_folder()?;
    run_program(
        cargo().args(["build", "--locked", "--manifest-path", "fuzz/Cargo.toml", "--target-dir"]).arg(folder),
    )
}
