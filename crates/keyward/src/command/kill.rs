//! `keyward kill`: stops keys at once, for good.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::on_wire::stopped;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::record;

/// Revoke keys at once: one, a project's, a credential's, or all of them
///
/// When the command returns, none of these keys can send anything any more. A revoked key never comes back.
#[derive(Args, Serialize)]
#[command(
    after_help = "Examples:\n  keyward kill --key bot1\n  keyward kill --credential main\n  keyward kill --all\n\n\
    Where nothing answers any more: `echo all > DIR/kill`, or SIGUSR1 to the server, stops every send until the file is removed."
)]
pub(crate) struct Kill {
    #[command(flatten)]
    #[serde(flatten)]
    target: Target,
}

/// What to kill.
#[derive(Args, Serialize)]
#[group(required = true, multiple = false)]
struct Target {
    /// One key, by its name, id or key string
    #[arg(long, value_name = "KEY")]
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// Every key of a project
    #[arg(long, value_name = "PROJECT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    /// Every key that holds a grant on a credential
    #[arg(long, value_name = "CREDENTIAL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
    /// Every key there is
    #[arg(long)]
    all: bool,
}

impl Kill {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let killed = invocation.call(&Call::post(path(&["kill"]), &self)?).await?;
        stopped(invocation, &killed, |killed| {
            record(killed, &[("keys revoked", "/count"), ("ids", "/revoked")])
        })
    }
}
