//! `keyward credential`: the real exchange keys.

mod add;
mod check;
mod generate;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::on_wire::stopped;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record, table};

/// What people see of a credential; its secret never leaves the vault.
const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("venue", "/venue"),
    ("only for", "/project"),
    ("type", "/type"),
    ("api key", "/api_key"),
    ("created", "/created_at"),
    ("public key", "/public_key"),
];
const COLUMNS: &[Field] =
    &[("NAME", "/name"), ("VENUE", "/venue"), ("TYPE", "/type"), ("API KEY", "/api_key"), ("ID", "/id")];

/// The real exchange keys, sealed in the vault
#[derive(Subcommand)]
pub(crate) enum Credential {
    Add(add::Add),
    Generate(generate::Generate),
    ApiKey(generate::ApiKey),
    /// List the credentials
    List,
    /// Show one credential; its secret never leaves the vault
    Show(Named),
    Check(check::Check),
    /// Remove a credential that no key uses any more
    Remove(Named),
}

/// A credential by its name.
#[derive(Args)]
pub(crate) struct Named {
    /// The credential
    #[arg(value_name = "CREDENTIAL")]
    name: String,
}

impl Credential {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Add(add) => add.run(invocation).await,
            Self::Generate(generate) => generate.run(invocation).await,
            Self::ApiKey(api_key) => api_key.run(invocation).await,
            Self::List => {
                let credentials = invocation.list(&path(&["credentials"])).await?;
                invocation.printer.result(&credentials, |all| table(all, COLUMNS, "no credentials yet"))
            }
            Self::Show(credential) => {
                let call = Call::get(path(&["credentials", &credential.name]));
                let credential = invocation.call(&call).await?;
                invocation.printer.result(&credential, |credential| record(credential, FIELDS))
            }
            Self::Check(check) => check.run(invocation).await,
            Self::Remove(credential) => {
                let gone = invocation.call(&Call::delete(path(&["credentials", &credential.name]))).await?;
                stopped(invocation, &gone, |_| format!("removed the credential {}", credential.name))
            }
        }
    }
}
