//! What unlocks the vault: a passphrase or a key file, for every command that may need it.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::Args;
use keyward_vault::Secret;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::door::{Call, path};
use crate::input;

/// What to do where nobody can be asked.
const INSTEAD: &str = "name the file that holds it with --passphrase-file or KEYWARD_PASSPHRASE_FILE";

/// Where the vault's passphrase or key file is.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Vault")]
pub(crate) struct Unlock {
    /// The vault's passphrase, in a file (`-` reads standard input)
    #[arg(
        long,
        value_name = "FILE",
        env = "KEYWARD_PASSPHRASE_FILE",
        hide_env_values = true,
        conflicts_with = "key_file"
    )]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// A file of at least 32 random bytes that unlocks the vault in place of a passphrase
    #[arg(long, value_name = "FILE", env = "KEYWARD_KEY_FILE", hide_env_values = true)]
    pub(crate) key_file: Option<PathBuf>,
}

/// What unlocks the vault, as operations read it: `{"passphrase": …}`, or `{"key_file": …}` in base64.
pub(crate) enum Unlocking {
    /// A passphrase.
    Passphrase(Secret),
    /// The bytes of a key file.
    KeyFile(Secret),
}

impl Unlock {
    /// What is named here, else what the configuration file names.
    pub(crate) fn named(&self, config: &Config) -> Result<Option<Unlocking>> {
        let configured = || (config.passphrase_file.as_deref(), config.key_file.as_deref());
        let named = match (self.passphrase_file.as_deref(), self.key_file.as_deref()) {
            (None, None) => configured(),
            named => named,
        };
        match named {
            (_, Some(path)) => key_file(path).map(Unlocking::KeyFile).map(Some),
            (Some(path), None) => input::from_file(path).map(Unlocking::Passphrase).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// What is named, else what whoever sits at the terminal types.
    pub(crate) fn named_or_asked(&self, config: &Config) -> Result<Unlocking> {
        match self.named(config)? {
            Some(unlocking) => Ok(unlocking),
            None => input::ask("the vault's passphrase", INSTEAD).map(Unlocking::Passphrase),
        }
    }

    /// What is named, else what is typed twice: a slip of the fingers must lock nobody out.
    pub(crate) fn chosen(&self, config: &Config) -> Result<Unlocking> {
        match self.named(config)? {
            Some(unlocking) => Ok(unlocking),
            None => input::ask_twice("a passphrase for the vault", INSTEAD).map(Unlocking::Passphrase),
        }
    }
}

impl Unlocking {
    /// The call that unseals the vault.
    pub(crate) fn unseal(&self) -> Result<Call> {
        Call::post(path(&["vault", "unseal"]), self)
    }
}

/// Every byte of a key file counts, a line end too.
fn key_file(path: &Path) -> Result<Secret> {
    let read = || -> Result<Secret> { Ok(Secret::read_from(File::open(path)?)?) };
    read().with_context(|| format!("the key file {} cannot be used", path.display()))
}

impl Serialize for Unlocking {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        match self {
            Self::Passphrase(secret) => map.serialize_entry("passphrase", &input::Revealed(secret))?,
            Self::KeyFile(secret) => {
                let text = Zeroizing::new(BASE64_STANDARD.encode(secret.expose()));
                map.serialize_entry("key_file", text.as_str())?;
            }
        }
        map.end()
    }
}
