//! `keyward credential generate` and `api-key`: a pair that is made inside the vault, and the exchange's name for it.

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::FIELDS;
use crate::command::unlock::Unlock;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::record;

/// Make an Ed25519 pair inside the vault, and print the public key to paste at the exchange
///
/// The private key never exists outside the vault: nobody can lose it on the way.
#[derive(Args, Serialize)]
#[command(after_help = "Example:\n  keyward credential generate main --venue binance\n\n\
    Next: register the public key at the exchange, then: keyward credential api-key NAME KEY")]
pub(crate) struct Generate {
    /// Its name
    name: String,
    /// The venue that it belongs to
    #[arg(long, value_name = "VENUE")]
    venue: String,
    /// The only project whose keys may use it [default: any]
    #[arg(long, value_name = "PROJECT")]
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
    #[command(flatten)]
    #[serde(skip)]
    unlock: Unlock,
}

/// Say which key string the exchange gave to a generated credential
#[derive(Args, Serialize)]
#[command(name = "api-key", after_help = "Example:\n  keyward credential api-key main KEY")]
pub(crate) struct ApiKey {
    /// The credential
    #[serde(skip)]
    name: String,
    /// The key string that the exchange shows
    #[arg(value_name = "KEY")]
    api_key: String,
}

impl Generate {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        invocation.unlock_with(self.unlock.clone());
        let call = Call::post(path(&["credentials", "generate"]), &self)?;
        let credential = invocation.call(&call).await?;
        invocation.printer.result(&credential, |credential| record(credential, FIELDS))?;
        invocation.printer.next(&format!(
            "register the public key at the exchange, then: keyward credential api-key {} KEY",
            self.name
        ))
    }
}

impl ApiKey {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let call = Call::post(path(&["credentials", &self.name, "api-key"]), &self)?;
        let credential = invocation.call(&call).await?;
        invocation.printer.result(&credential, |credential| record(credential, FIELDS))?;
        invocation.printer.next(&format!("keyward credential check {}", self.name))
    }
}
