//! `keyward operator`: the people who run Keyward.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("role", "/role"),
    ("only in", "/projects"),
    ("known to the provider as", "/known_as"),
    ("state", "/state"),
    ("created", "/created_at"),
];
const COLUMNS: &[Field] = &[
    ("NAME", "/name"),
    ("ROLE", "/role"),
    ("ONLY IN", "/projects"),
    ("STATE", "/state"),
    ("ID", "/id"),
    ("CREATED", "/created_at"),
];
const INVITED: &[Field] = &[
    ("name", "/name"),
    ("role", "/role"),
    ("only in", "/projects"),
    ("link", "/url"),
    ("good until", "/expires_at"),
];

/// The people who run Keyward from the control port
#[derive(Subcommand)]
pub(crate) enum Operator {
    /// Invite somebody: prints a link that makes whoever opens it this operator, once
    Invite(Invite),
    /// List the operators
    List,
    /// Show one
    Show(Named),
    /// Give an operator another role, or the same in other projects; his sessions end
    Role(SetRole),
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

/// Who is invited, and as what.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    keyward operator invite ada@example.com --role administrator\n  \
    keyward operator invite bob --role trader --project market-making")]
pub(crate) struct Invite {
    #[command(flatten)]
    who: WithRole,
    /// Only in this project, for a trader or a viewer; may be given several times [default: in all]
    #[arg(long, value_name = "PROJECT")]
    project: Vec<String>,
}

/// An operator, what he is to be, and where.
#[derive(Args)]
pub(crate) struct SetRole {
    #[command(flatten)]
    who: WithRole,
    /// Only in this project, for a trader or a viewer; may be given several times [default: as before]
    #[arg(long, value_name = "PROJECT", conflicts_with = "everywhere")]
    project: Vec<String>,
    /// In every project
    #[arg(long)]
    everywhere: bool,
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

impl SetRole {
    /// What the operation reads: no list leaves the projects as they are, and an empty one is everywhere.
    fn input(&self) -> Value {
        let is_told = self.everywhere || !self.project.is_empty();
        json!({ "role": self.who.role, "projects": is_told.then_some(&self.project) })
    }
}

impl Operator {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Invite(Invite { who, project }) => {
                let input = json!({ "name": who.name, "role": who.role, "projects": project });
                let invited = invocation.call(&Call::post(path(&["operators"]), &input)?).await?;
                invocation.printer.result(&invited, |invited| record(invited, INVITED))
            }
            Self::List => {
                let operators = invocation.list(&path(&["operators"])).await?;
                let nobody = "no operators yet: keyward operator invite NAME --role owner";
                invocation.printer.result(&operators, |operators| table(operators, COLUMNS, nobody))
            }
            Self::Show(who) => {
                let operator = invocation.call(&Call::get(path(&["operators", &who.name]))).await?;
                invocation.printer.result(&operator, |operator| record(operator, FIELDS))
            }
            Self::Role(set) => change(invocation, &set.who.name, "role", &set.input()).await,
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
