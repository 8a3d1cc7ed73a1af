//! The `keyward` binary: reads the command line, runs one command, and turns its end into an exit code.
//!
//! This crate holds no logic of its own: operations live in `control`, the data plane in `gateway`. It is where the
//! parts are put together (`compose`), and the only place that knows the host's clock, randomness and environment
//! (`host`).

mod api;
mod cli;
mod command;
mod compose;
mod config;
mod confine;
mod data;
mod database;
mod door;
mod host;
mod http;
mod input;
mod invocation;
mod kill_switch;
mod listen;
mod logging;
mod oidc;
mod outcome;
mod output;
mod remembered;
mod server;
mod signals;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let json = cli.global.json;
    outcome::exit_code(cli.run(), json)
}
