//! `keyward vault`: the root key that every secret is sealed under.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use super::on_wire::stopped;
use super::unlock::{Unlock, Unlocking};
use crate::config::Config;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, record};

const FIELDS: &[Field] = &[("vault", "/state"), ("memory locked", "/memory_locked")];

/// The vault that real keys and secrets are sealed in
#[derive(Subcommand)]
pub(crate) enum Vault {
    /// Make the vault: a random root key, sealed by your passphrase or key file
    #[command(after_help = "Examples:\n  keyward vault init\n  \
        keyward vault init --passphrase-file passphrase.txt\n  \
        head -c 32 /dev/urandom > vault.key && keyward vault init --key-file vault.key\n\n\
        Next: keyward venue add NAME --dialect D --url U\n\n\
        Without the passphrase or the key file nobody can open the vault again, not even you: keep it elsewhere too.")]
    Init(Unlock),
    /// Say whether the vault is sealed
    Status,
    /// Wipe the root key from the server's memory: nothing is signed until somebody unseals it
    Seal,
    /// Bring the root key into the server's memory
    Unseal(Unlock),
    Rekey(Rekey),
}

/// Change the passphrase or key file; no secret is touched
#[derive(Args)]
#[command(
    after_help = "Example:\n  keyward vault rekey --passphrase-file old.txt --new-passphrase-file new.txt"
)]
pub(crate) struct Rekey {
    #[command(flatten)]
    old: Unlock,
    /// The new passphrase, in a file [default: ask for it]
    #[arg(long, value_name = "FILE", conflicts_with = "new_key_file", help_heading = "Vault")]
    new_passphrase_file: Option<PathBuf>,
    /// The new key file
    #[arg(long, value_name = "FILE", help_heading = "Vault")]
    new_key_file: Option<PathBuf>,
}

/// What `rekey` reads.
#[derive(Serialize)]
struct Keys {
    old: Unlocking,
    new: Unlocking,
}

impl Vault {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        match self {
            Self::Init(unlock) => init(invocation, &unlock).await,
            Self::Status => {
                let status = invocation.call(&Call::get(path(&["vault"]))).await?;
                invocation.printer.result(&status, shown)
            }
            Self::Seal => {
                let status = invocation.server().await?.call(&Call::act(path(&["vault", "seal"]))).await?;
                stopped(invocation, &status, shown)?;
                invocation.printer.next("keyward vault unseal, when signing may go on")
            }
            Self::Unseal(unlock) => {
                let server = invocation.server().await?;
                let status = server.call(&unlock.named_or_asked(&invocation.config)?.unseal()?).await?;
                invocation.printer.result(&status, shown)
            }
            Self::Rekey(rekey) => rekey.run(invocation).await,
        }
    }
}

async fn init(invocation: &mut Invocation, unlock: &Unlock) -> Result<()> {
    let unlocking = unlock.chosen(&invocation.config)?;
    let status = invocation.call(&Call::post(path(&["vault", "init"]), &unlocking)?).await?;
    invocation.printer.result(&status, shown)?;
    invocation
        .printer
        .say("without the passphrase or key file nobody can open this vault: keep it elsewhere too")?;
    invocation.printer.next("keyward venue add NAME --dialect D --url U")
}

impl Rekey {
    async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let old = self.old.named_or_asked(&invocation.config)?;
        // What the configuration names is the old one: it does not count here.
        let new = Unlock { passphrase_file: self.new_passphrase_file, key_file: self.new_key_file };
        let keys = Keys { old, new: new.chosen(&Config::default())? };
        let status = invocation.call(&Call::post(path(&["vault", "rekey"]), &keys)?).await?;
        invocation.printer.result(&status, shown)
    }
}

fn shown(status: &Value) -> String {
    record(status, FIELDS)
}
