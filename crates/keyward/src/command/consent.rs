//! `keyward consent`: changes that take a second operator.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("asks for", "/operation"),
    ("what changes", "/words"),
    ("asked by", "/asked_by"),
    ("at", "/asked_at"),
    ("until", "/expires_at"),
    ("agreed", "/given_by"),
];
const COLUMNS: &[Field] = &[
    ("ID", "/id"),
    ("ASKS FOR", "/operation"),
    ("ASKED BY", "/asked_by"),
    ("AGREED", "/given_by"),
    ("UNTIL", "/expires_at"),
];
/// What a key or a project that was changed is shown by.
const DONE: &[Field] =
    &[("id", "/id"), ("name", "/name"), ("state", "/state"), ("api key", "/api_key"), ("secret", "/secret")];

/// Changes that wait for a second operator, in projects of four eyes
#[derive(Subcommand)]
pub(crate) enum Consent {
    /// List what waits, the oldest first
    List,
    /// Show one, with what would change
    Show(Named),
    /// Carry out what another operator has agreed to: exactly that, once
    ///
    /// Only who asked for it can do so. To agree takes a person who has signed in at the console or the API, so there is no
    /// command for it.
    #[command(after_help = "Example:\n  keyward consent use con_01h455vb4pex5vsknk084sn02q")]
    Use(Named),
    /// Refuse it, or take back what you asked for
    Refuse(Named),
}

/// A consent by its id.
#[derive(Args)]
pub(crate) struct Named {
    /// The consent
    #[arg(value_name = "CONSENT")]
    id: String,
}

impl Consent {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::List => {
                let waiting = invocation.list(&path(&["consents"])).await?;
                invocation.printer.result(&waiting, |waiting| table(waiting, COLUMNS, "nothing waits"))
            }
            Self::Show(one) => {
                let shown = invocation.call(&Call::get(path(&["consents", &one.id]))).await?;
                invocation.printer.result(&shown, |shown| record(shown, FIELDS))
            }
            Self::Use(one) => one.decide(invocation, "use", DONE).await,
            Self::Refuse(one) => one.decide(invocation, "refuse", FIELDS).await,
        }
    }
}

impl Named {
    async fn decide(&self, invocation: &mut Invocation, how: &str, fields: &[Field]) -> Result<()> {
        let call = Call::post(path(&["consents", &self.id, how]), &json!({}))?;
        let done: Value = invocation.call(&call).await?;
        invocation.printer.result(&done, |done| record(done, fields))
    }
}
