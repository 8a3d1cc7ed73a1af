//! `keyward credential check`: asks the exchange what a real key may do.

use anyhow::Result;
use clap::Args;

use crate::command::unlock::Unlock;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record};

const FIELDS: &[Field] = &[
    ("credential", "/credential"),
    ("venue", "/venue"),
    ("may withdraw", "/can_withdraw"),
    ("bound to an IP", "/ip_restricted"),
    ("rights", "/rights"),
];

/// Ask the exchange what a real key may do, and say what is too much
#[derive(Args)]
#[command(after_help = "Example:\n  keyward credential check main")]
pub(crate) struct Check {
    /// The credential
    #[arg(value_name = "CREDENTIAL")]
    name: String,
    #[command(flatten)]
    unlock: Unlock,
}

impl Check {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        invocation.unlock_with(self.unlock);
        let rights = invocation.call(&Call::act(path(&["credentials", &self.name, "check"]))).await?;
        invocation.printer.result(&rights, |rights| record(rights, FIELDS))
    }
}
