//! `keyward completions`: what a shell needs to complete Keyward's commands.

use std::io;

use anyhow::Result;
use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use crate::cli::Cli;

/// Print the completions of a shell
#[derive(Args)]
#[command(
    after_help = "Example:\n  keyward completions bash > ~/.local/share/bash-completion/completions/keyward"
)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Writes the completion script to standard output.
    pub(crate) fn run(self) -> Result<()> {
        generate(self.shell, &mut Cli::command(), "keyward", &mut io::stdout());
        Ok(())
    }
}
