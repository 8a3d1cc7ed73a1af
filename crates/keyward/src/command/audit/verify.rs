//! `keyward audit verify`: was the log changed?

use anyhow::Result;
use clap::Args;

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
#[command(after_help = "Example:\n  keyward audit verify")]
pub(crate) struct Verify {}

impl Verify {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let report = invocation.call(&Call::act(path(&["audit", "verify"]))).await?;
        invocation.printer.result(&report, |report| record(report, FIELDS))
    }
}
