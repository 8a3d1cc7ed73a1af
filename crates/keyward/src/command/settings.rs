//! `keyward settings`: what the file and the command line came to.

use anyhow::Result;
use clap::Args;

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, table};

const FIELDS: &[Field] = &[("setting", "/name"), ("value", "/value"), ("meaning", "/meaning")];

/// Show every setting that is in force, and what it means
///
/// A running server tells its own; without one it is what the next server would start with, but for what its command line
/// says. A setting is changed in keyward.toml and holds from the next start.
#[derive(Args)]
#[command(after_help = "Examples:\n  keyward settings\n  keyward --json settings")]
pub(crate) struct Settings {}

impl Settings {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let told = invocation.call(&Call::get(path(&["settings"]))).await?;
        invocation.printer.result(&told, |told| table(&told["items"], FIELDS, "nothing is set"))
    }
}
