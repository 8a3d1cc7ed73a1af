//! `keyward audit export`: the log for tools that are not ours.

use std::path::{PathBuf, absolute};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record};

const FIELDS: &[Field] =
    &[("exported to", "/directory"), ("entries", "/entries"), ("verifier key", "/verifier_key")];

/// Write the log as tiles that outside tools can verify (C2SP tlog-tiles)
#[derive(Args)]
#[command(after_help = "Example:\n  keyward audit export ./evidence")]
pub(crate) struct Export {
    /// The directory to write into
    #[arg(value_name = "DIR")]
    to: PathBuf,
}

impl Export {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        // The server has another working directory.
        let to = absolute(&self.to).with_context(|| format!("{} is no directory", self.to.display()))?;
        let done =
            invocation.call(&Call::post(path(&["audit", "export"]), &json!({ "directory": to }))?).await?;
        invocation.printer.result(&done, |done| record(done, FIELDS))
    }
}
