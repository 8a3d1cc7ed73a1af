//! `keyward export`: writes what `keyward apply` reads.

use anyhow::Result;
use clap::Args;
use serde_json::json;

use super::apply::{State, export};
use crate::invocation::Invocation;

/// Write venues, projects and keys as a file that `keyward apply` reads; it holds no secret
#[derive(Args)]
#[command(after_help = "Example:\n  keyward export > keyward.toml")]
pub(crate) struct Export {}

impl Export {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let text = export(&State::read(invocation).await?)?;
        invocation.printer.result(&json!({ "toml": text }), |_| text.clone())
    }
}
