//! `keyward audit verify`: was the log changed?

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record};

const FIELDS: &[Field] = &[
    ("entries", "/entries"),
    ("proven unchanged", "/signed"),
    ("not signed yet", "/unsigned"),
    ("checkpoints compared", "/anchors"),
    ("verifier key", "/verifier_key"),
];

/// Find any edit, removal, reordering or truncation of the log
#[derive(Args)]
#[command(
    after_help = "Examples:\n  keyward audit verify\n  keyward audit verify --checkpoint /elsewhere/checkpoint\n\n\
    A checkpoint is the file DIR/audit/checkpoint as it was at any time: copies that lie out of reach of whoever may \
    change this host find a log that was rolled back as a whole."
)]
pub(crate) struct Verify {
    /// A checkpoint that was kept elsewhere, to compare with (may be given several times)
    #[arg(long = "checkpoint", value_name = "FILE")]
    checkpoints: Vec<PathBuf>,
}

impl Verify {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))
        };
        let checkpoints = self.checkpoints.iter().map(read).collect::<Result<Vec<_>>>()?;
        let call = Call::post(path(&["audit", "verify"]), &json!({ "checkpoints": checkpoints }))?;
        let report = invocation.call(&call).await?;
        invocation.printer.result(&report, |report| record(report, FIELDS))
    }
}
