//! `keyward approval`: what waits for an operator.

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("state", "/state"),
    ("key", "/key"),
    ("project", "/project"),
    ("venue", "/venue"),
    ("request", "/method"),
    ("path", "/path"),
    ("needs", "/needs"),
    ("gives away", "/spends"),
    ("facts", "/facts"),
    ("from", "/address"),
    ("since", "/since"),
    ("until", "/until"),
    ("client waits", "/connected"),
];
const COLUMNS: &[Field] = &[
    ("ID", "/id"),
    ("STATE", "/state"),
    ("KEY", "/key"),
    ("VENUE", "/venue"),
    ("NEEDS", "/needs"),
    ("GIVES AWAY", "/spends"),
    ("FACTS", "/facts"),
    ("UNTIL", "/until"),
];

/// What waits for an operator: requests that a key may make only with an approval
#[derive(Subcommand)]
pub(crate) enum Approval {
    /// List what waits, the oldest first
    List,
    /// Show one with all its facts
    Show(Named),
    /// Let it through, once
    ///
    /// It goes on at once while its client waits on its connection. Otherwise the client has to send the same request again
    /// before the approval expires.
    #[command(after_help = "Example:\n  keyward approval approve apr_01h455vb4pex5vsknk084sn02q")]
    Approve(Named),
    /// Do not let it through; what was approved and not sent yet is taken back
    Deny(Named),
}

/// An approval by its id.
#[derive(Args)]
pub(crate) struct Named {
    /// The approval
    #[arg(value_name = "APPROVAL")]
    id: String,
}

impl Approval {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::List => {
                let waiting = invocation.list(&path(&["approvals"])).await?;
                invocation.printer.result(&waiting, |waiting| table(waiting, COLUMNS, "nothing waits"))
            }
            Self::Show(one) => {
                let shown = invocation.call(&Call::get(path(&["approvals", &one.id]))).await?;
                invocation.printer.result(&shown, |shown| record(shown, FIELDS))
            }
            Self::Approve(one) => {
                let approved = one.decide(invocation, "approve").await?;
                if approved["connected"] == false {
                    let again = "its client must send the same request again; nothing is sent before";
                    invocation.printer.next(again)?;
                }
                Ok(())
            }
            Self::Deny(one) => one.decide(invocation, "deny").await.map(drop),
        }
    }
}

impl Named {
    async fn decide(&self, invocation: &mut Invocation, how: &str) -> Result<serde_json::Value> {
        let call = Call::post(path(&["approvals", &self.id, how]), &serde_json::json!({}))?;
        let decided = invocation.call(&call).await?;
        invocation.printer.result(&decided, |decided| record(decided, FIELDS))?;
        Ok(decided)
    }
}
