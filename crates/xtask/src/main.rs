//! `cargo xtask`: the one command for everything that a developer or CI does with this repository.
//!
//! Rust instead of a shell script or a makefile: nothing to install, the same on every system, and tested.
#![expect(clippy::print_stdout, reason = "a development command talks to the person at the terminal")]

mod bench;
mod check;
mod console;
mod debian;
mod dev;
mod fuzz;
mod process;
mod release;
mod soak;
mod steps;
mod test;
mod tidy;
mod unit;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Development commands of Keyward.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything that must hold before a change is looked at: format, lints, docs, tidy, cargo-deny
    Check,
    /// Only the repository's own invariants: crate edges, licences, purity, secrets, names, sizes
    Tidy,
    /// All tests, with what they need: real Python clients and a throw-away Postgres
    Test(test::Args),
    /// The tests that keep a promise of many rounds, in full: minutes to an hour
    Soak(soak::Args),
    /// Build Keyward and run its demonstration
    Dev(dev::Args),
    /// The console in a headless Chromium, from the first run to the kill switch, and axe on every page
    Console(console::Args),
    /// Measure the core, and the gateway beside nginx and HAProxy
    Bench(bench::Args),
    /// A short run of the fuzz targets
    Fuzz(fuzz::Args),
    /// Prepare a release: changelog heading and version
    Release(release::Args),
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Check => check::run(),
        Command::Tidy => tidy::run(),
        Command::Test(args) => test::run(&args),
        Command::Soak(args) => soak::run(&args),
        Command::Dev(args) => dev::run(&args),
        Command::Console(args) => console::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Release(args) => release::run(&args),
    };
    if let Err(error) = result {
        println!("error: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
