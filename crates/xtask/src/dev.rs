//! `cargo xtask dev`: Keyward with everything around it, in one process, on throw-away data.

use anyhow::Result;

use crate::process::{cargo, run as run_program};

/// What `dev` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Passed on to `keyward demo`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo: Vec<String>,
}

/// Builds and runs the demonstration.
pub(crate) fn run(args: &Args) -> Result<()> {
    run_program(cargo().args(["run", "--package", "keyward", "--", "demo"]).args(&args.demo))
}
