//! `keyward operator`: the people who run Keyward.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const FIELDS: &[Field] =
    &[("id", "/id"), ("name", "/name"), ("role", "/role"), ("state", "/state"), ("created", "/created_at")];
const COLUMNS: &[Field] =
    &[("NAME", "/name"), ("ROLE", "/role"), ("STATE", "/state"), ("ID", "/id"), ("CREATED", "/created_at")];
const INVITED: &[Field] =
    &[("name", "/name"), ("role", "/role"), ("link", "/url"), ("good until", "/expires_at")];

/// The people who run Keyward from the control port
#[derive(Subcommand)]
pub(crate) enum Operator {
    /// Invite somebody: prints a link that makes whoever opens it this operator, once
    Invite(WithRole),
    /// List the operators
    List,
    /// Give an operator another role; his sessions end
    Role(WithRole),
    /// Keep an operator from signing in; his sessions end
    Suspend(Named),
    /// Let him sign in again
    Resume(Named),
    /// Remove an operator
    Remove(Named),
}

/// An operator by his name.
#[derive(Args)]
pub(crate) struct Named {
    /// The operator
    #[arg(value_name = "OPERATOR")]
    name: String,
}

/// An operator, and what he is to be.
#[derive(Args)]
pub(crate) struct WithRole {
    /// The name to sign in with: an e-mail address, or any other word
    #[arg(value_name = "OPERATOR")]
    name: String,
    /// owner, administrator, trader, auditor or viewer
    #[arg(long)]
    role: String,
}

impl Operator {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Invite(who) => {
                let input = json!({ "name": who.name, "role": who.role });
                let invited = invocation.call(&Call::post(path(&["operators"]), &input)?).await?;
                invocation.printer.result(&invited, |invited| record(invited, INVITED))
            }
            Self::List => {
                let operators = invocation.list(&path(&["operators"])).await?;
                let nobody = "no operators yet: keyward operator invite NAME --role owner";
                invocation.printer.result(&operators, |operators| table(operators, COLUMNS, nobody))
            }
            Self::Role(who) => change(invocation, &who.name, "role", &json!({ "role": who.role })).await,
            Self::Suspend(who) => change(invocation, &who.name, "suspend", &json!({})).await,
            Self::Resume(who) => change(invocation, &who.name, "resume", &json!({})).await,
            Self::Remove(who) => {
                let gone = invocation.call(&Call::delete(path(&["operators", &who.name]))).await?;
                invocation.printer.result(&gone, |_| format!("removed the operator {}", who.name))
            }
        }
    }
}

async fn change(invocation: &mut Invocation, name: &str, what: &str, input: &Value) -> Result<()> {
    let changed = invocation.call(&Call::post(path(&["operators", name, what]), input)?).await?;
    invocation.printer.result(&changed, |operator| record(operator, FIELDS))
}
