//! `keyward credential add`: takes a real exchange key into the vault.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use super::FIELDS;
use crate::command::unlock::Unlock;
use crate::door::{Call, path};
use crate::input::{self, Revealed};
use crate::invocation::Invocation;
use crate::output::record;

/// Take a real exchange key into the vault
///
/// The secret is an HMAC secret, or a private key as PEM (PKCS#8) for Ed25519 and RSA. It never leaves the vault again.
#[derive(Args)]
#[command(after_help = "Examples:\n  \
    keyward credential add main --venue binance --api-key KEY --secret-file secret.txt\n  \
    keyward credential add main --venue binance --api-key KEY --secret-file - < secret.txt\n\n\
    Next: keyward credential check NAME")]
pub(crate) struct Add {
    /// Its name
    name: String,
    /// The venue that it belongs to
    #[arg(long, value_name = "VENUE")]
    venue: String,
    /// The only project whose keys may use it [default: any]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    /// The public half, as the exchange shows it
    #[arg(long, value_name = "KEY")]
    api_key: String,
    /// The secret half, in a file (`-` reads standard input) [default: ask for it]
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The passphrase that some exchanges give with a key, in a file
    #[arg(long = "passphrase-file", value_name = "FILE")]
    exchange_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    unlock: VaultUnlock,
}

/// What unlocks the vault; `--passphrase-file` is the exchange's here.
#[derive(Args)]
#[command(next_help_heading = "Vault")]
struct VaultUnlock {
    /// The vault's passphrase, in a file
    #[arg(
        long,
        value_name = "FILE",
        env = "KEYWARD_PASSPHRASE_FILE",
        hide_env_values = true,
        conflicts_with = "key_file"
    )]
    vault_passphrase_file: Option<PathBuf>,
    /// A file of at least 32 random bytes that unlocks the vault in place of a passphrase
    #[arg(long, value_name = "FILE", env = "KEYWARD_KEY_FILE", hide_env_values = true)]
    key_file: Option<PathBuf>,
}

/// What the operation reads.
#[derive(Serialize)]
struct NewCredential<'a> {
    name: &'a str,
    venue: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'a str>,
    api_key: &'a str,
    secret: Revealed<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passphrase: Option<Revealed<'a>>,
}

impl Add {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let VaultUnlock { vault_passphrase_file, key_file } = self.unlock;
        invocation.unlock_with(Unlock { passphrase_file: vault_passphrase_file, key_file });
        let instead = "name the file that holds it with --secret-file FILE, or `-` for standard input";
        let secret =
            input::from_file_or_prompt(self.secret_file.as_deref(), "the exchange's secret", instead)?;
        let passphrase = self.exchange_passphrase_file.as_deref().map(input::from_file).transpose()?;
        let (name, venue, api_key) = (&self.name, &self.venue, &self.api_key);
        let (secret, passphrase) = (Revealed(&secret), passphrase.as_ref().map(Revealed));
        let project = self.project.as_deref();
        let new = NewCredential { name, venue, project, api_key, secret, passphrase };
        let credential = invocation.call(&Call::post(path(&["credentials"]), &new)?).await?;
        invocation.printer.result(&credential, |credential| record(credential, FIELDS))?;
        invocation.printer.next(&format!("keyward credential check {name}, then keyward project add NAME"))
    }
}
