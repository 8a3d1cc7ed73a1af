//! `cargo xtask check`: everything that must hold before a person looks at a change.

use anyhow::Result;

use crate::fuzz;
use crate::process::{cargo, has_subcommand, in_ci, program, run as run_program, target};
use crate::steps::Steps;
use crate::tidy;
use crate::unit;

/// Built where CI has none: two and a half minutes of one core.
const CARGO_DENY: &str = "cargo-deny@0.20.2";

/// Runs every check, also after one has failed.
pub(crate) fn run() -> Result<()> {
    let mut steps = Steps::default();
    steps.attempt("format", || run_program(cargo().args(["fmt", "--all", "--check"])));
    steps.attempt("tidy", tidy::run);
    steps.attempt("clippy", clippy);
    steps.attempt("docs", docs);
    steps.attempt("fuzz targets", fuzz::build);
    steps.attempt("deny", deny);
    steps.attempt("unit", unit::check);
    steps.finish()
}

fn clippy() -> Result<()> {
    run_program(cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn docs() -> Result<()> {
    let doc = ["doc", "--workspace", "--no-deps", "--document-private-items"];
    run_program(cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"))
}

/// What `deny.toml` says is held by tidy as well (crate edges, licences, sources), so a machine without cargo-deny
/// loses only its second opinion and the list of duplicates. Known vulnerabilities need a network: they are not
/// checked here but by `cargo deny check advisories`.
fn deny() -> Result<()> {
    let what = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    if has_subcommand("deny") {
        return run_program(cargo().arg("deny").args(what));
    }
    if !in_ci() {
        println!(
            "cargo-deny is not installed: tidy has held edges, licences and sources; duplicates are not listed"
        );
        return Ok(());
    }
    let tools = target()?.join("tools");
    run_program(cargo().args(["install", "--locked", "--quiet", CARGO_DENY, "--root"]).arg(&tools))?;
    run_program(program(tools.join("bin/cargo-deny")).args(what))
}
