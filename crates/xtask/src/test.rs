//! `cargo xtask test`: all tests, with what they need.
//!
//! What cannot be had is an error that says what to install, here and in CI: a test is never left out silently.

mod browser;
mod clients;
mod cluster;
mod prepared;
mod programs;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use cluster::Cluster;

use crate::debian;
use crate::process::{cargo, has_subcommand, in_ci, on_path, run as run_program, target};
use crate::steps::Steps;

/// What `test` takes.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Passed on to `cargo nextest run`: names of tests, `-E` with an expression, `-p` with a package
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    nextest: Vec<String>,
}

/// What the tests find in their environment.
struct Surroundings<'a> {
    python: &'a Path,
    modules: &'a Path,
    postgres: &'a str,
    /// One variable more, and its value.
    more: Option<(&'a str, &'a str)>,
}

/// Prepares, tests, cleans up, and shows what took how long.
pub(crate) fn run(args: &Args) -> Result<()> {
    run_with(None, if in_ci() { "ci" } else { "default" }, &args.nextest)
}

/// The same with one more variable in the tests' environment, under one of nextest's profiles.
pub(crate) fn run_with(more: Option<(&str, &str)>, profile: &str, filter: &[String]) -> Result<()> {
    let mut steps = Steps::default();
    let target = target()?;
    let python = steps.need("Python clients", || clients::prepare(&target))?;
    steps.need("load balancers, and what moves a clock", programs::prepare)?;
    let modules = steps.need("a browser, and what drives it", || browser::prepare(&target))?;
    let cluster = steps.need("Postgres", Cluster::start)?;
    steps.need("strace", strace)?;
    let surroundings = Surroundings { python: &python, modules: &modules, postgres: cluster.url(), more };
    steps.attempt("tests", || tests(&surroundings, profile, filter));
    if filter.is_empty() {
        steps.attempt("doc tests", || {
            run_program(surroundings.given(cargo().args(["test", "--doc", "--workspace"])))
        });
    } else {
        println!("the doc tests are not run, since only some tests were asked for");
    }
    drop(cluster);
    steps.finish()
}

/// With it the tests let a server's disk fail or hang.
fn strace() -> Result<()> {
    if on_path("strace") { Ok(()) } else { debian::install("strace", "strace") }
}

fn tests(surroundings: &Surroundings<'_>, profile: &str, filter: &[String]) -> Result<()> {
    if has_subcommand("nextest") {
        let mut nextest = cargo();
        nextest.args(["nextest", "run", "--profile", profile]).args(filter);
        if !filter.iter().any(|word| word.starts_with("-p") || word.starts_with("--package")) {
            nextest.arg("--workspace");
        }
        return run_program(surroundings.given(&mut nextest));
    }
    ensure!(filter.is_empty(), "choosing tests needs nextest: cargo install --locked cargo-nextest");
    println!("cargo-nextest is not installed: the same tests run, slower, under cargo test");
    run_program(surroundings.given(cargo().args(["test", "--workspace", "--all-targets"])))
}

impl Surroundings<'_> {
    fn given<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        let command =
            command.env("KEYWARD_TEST_PYTHON", self.python).env("KEYWARD_TEST_POSTGRES", self.postgres);
        command.env("KEYWARD_TEST_MODULES", self.modules).envs(self.more)
    }
}
