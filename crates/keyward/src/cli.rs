//! The command line: what every command takes, and how one is run.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Parser};

use crate::command::Command;
use crate::confine;
use crate::invocation::Invocation;
use crate::logging;

/// A guarded door between trading software and crypto exchanges.
///
/// Keyward keeps the real exchange API keys sealed in a vault, gives every bot its own restricted key, checks every
/// request against what that key may do, records it, signs it again with the real key and forwards it. A client uses
/// it by changing only its base URL and its key.
#[derive(Parser)]
#[command(
    name = "keyward",
    version,
    after_help = "Try it without setting anything up:  keyward demo\n\
                  Set it up for real:                 keyward vault init\n\n\
                  While a server runs, commands talk to it over DIR/keyward.sock; without one, they open DIR themselves.\n\
                  Exit codes: 0 done, 1 failed, 2 usage."
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Args, Clone)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Where Keyward keeps its data [default: the platform's data directory]
    #[arg(long, global = true, value_name = "DIR", env = "KEYWARD_DATA", hide_env_values = true)]
    pub(crate) data: Option<PathBuf>,
    /// Print the result as one JSON document; words for people go to stderr
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The configuration file [default: DIR/keyward.toml, if there is one]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "KEYWARD_CONFIG",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub(crate) config: Option<PathBuf>,
    /// A PostgreSQL URL without a password, in place of the SQLite file in DIR
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "KEYWARD_DATABASE",
        hide_env_values = true,
        hide_short_help = true,
        conflicts_with = "database_file"
    )]
    pub(crate) database: Option<String>,
    /// A file that holds the database's URL, which may have a password in it
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "KEYWARD_DATABASE_FILE",
        hide_env_values = true,
        hide_short_help = true
    )]
    pub(crate) database_file: Option<PathBuf>,
}

impl Cli {
    /// Runs the command to its end.
    pub(crate) fn run(self) -> Result<()> {
        logging::start(self.command.log_level(), self.command.log_format());
        if let Err(error) = confine::leave_no_dump() {
            tracing::warn!(%error, "this process could leave a core dump");
        }
        self.command.run(Invocation::new(self.global)?)
    }
}
