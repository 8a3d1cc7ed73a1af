//! `keyward token`: what programs show at the control port.

use anyhow::Result;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

const CREATED: &[Field] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("role", "/role"),
    ("only in", "/projects"),
    ("addresses", "/ip"),
    ("expires", "/expires_at"),
    ("token, shown once", "/bearer"),
];
const COLUMNS: &[Field] = &[
    ("NAME", "/name"),
    ("ROLE", "/role"),
    ("ONLY IN", "/projects"),
    ("ADDRESSES", "/ip"),
    ("EXPIRES", "/expires_at"),
    ("LAST USED", "/used_at"),
];

/// What programs show at the control port in place of a person's sign-in
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Make a token; it is shown once
    Create(Create),
    /// List the tokens
    List,
    /// End a token
    Revoke(Named),
}

/// A token by its name.
#[derive(Args)]
pub(crate) struct Named {
    /// The token
    #[arg(value_name = "TOKEN")]
    name: String,
}

/// A token to be made.
#[derive(Args)]
pub(crate) struct Create {
    /// Its name
    #[arg(value_name = "TOKEN")]
    name: String,
    /// What it may do: owner, administrator, trader, auditor or viewer
    #[arg(long)]
    role: String,
    /// Only in this project, for the role of a trader or a viewer; may be given several times [default: in all]
    #[arg(long, value_name = "PROJECT")]
    project: Vec<String>,
    /// Only from this address or range; may be given several times
    #[arg(long, value_name = "CIDR")]
    ip: Vec<String>,
    /// When it ends: a duration or a time
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: String,
}

impl Token {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Create(token) => {
                let Create { name, role, project, ip, expires } = token;
                let input = json!({
                    "name": name, "role": role, "projects": project, "ip": ip, "expires": expires,
                });
                let created = invocation.call(&Call::post(path(&["tokens"]), &input)?).await?;
                invocation.printer.result(&created, |created| record(created, CREATED))
            }
            Self::List => {
                let tokens = invocation.list(&path(&["tokens"])).await?;
                invocation.printer.result(&tokens, |tokens| table(tokens, COLUMNS, "no tokens yet"))
            }
            Self::Revoke(token) => {
                let gone = invocation.call(&Call::delete(path(&["tokens", &token.name]))).await?;
                invocation
                    .printer
                    .result(&gone, |_| format!("the token {} is good for nothing now", token.name))
            }
        }
    }
}
