//! `keyward audit`: what happened, and the proof of it.

mod export;
mod tail;
mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::invocation::Invocation;

/// The audit log: what happened, and the proof that nobody changed it
#[derive(Subcommand)]
pub(crate) enum Audit {
    Tail(tail::Tail),
    Show(tail::Show),
    Verify(verify::Verify),
    Export(export::Export),
}

impl Audit {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Tail(tail) => tail.run(invocation).await,
            Self::Show(show) => show.run(invocation).await,
            Self::Verify(verify) => verify.run(invocation).await,
            Self::Export(export) => export.run(invocation).await,
        }
    }
}
