//! What `deny.toml` says, as far as tidy holds it: one statement for cargo-deny and for us.

use anyhow::{Context, Result};
use serde::Deserialize;

/// The parts of `deny.toml` that tidy reads.
#[derive(Default, Deserialize)]
pub(super) struct Deny {
    #[serde(default)]
    pub(super) bans: Bans,
    #[serde(default)]
    pub(super) licenses: Licenses,
}

/// Who may use what.
#[derive(Default, Deserialize)]
pub(super) struct Bans {
    #[serde(default)]
    pub(super) deny: Vec<Ban>,
}

/// A crate that nobody may use but its wrappers.
#[derive(Deserialize)]
pub(super) struct Ban {
    #[serde(rename = "crate")]
    pub(super) name: String,
    #[serde(default)]
    pub(super) wrappers: Vec<String>,
    pub(super) reason: String,
}

/// The licences that a dependency may have.
#[derive(Default, Deserialize)]
pub(super) struct Licenses {
    #[serde(default)]
    pub(super) allow: Vec<String>,
}

impl Deny {
    /// Reads `deny.toml`.
    pub(super) fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).context("deny.toml is not what tidy expects (every ban has a reason)")
    }

    /// What is said about a crate.
    pub(super) fn ban(&self, name: &str) -> Option<&Ban> {
        self.bans.deny.iter().find(|ban| ban.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_without_a_reason_is_not_taken() {
        assert!(Deny::parse("[[bans.deny]]\ncrate = \"x\"\nreason = \"why\"").is_ok());
        assert!(Deny::parse("[[bans.deny]]\ncrate = \"x\"").is_err());
    }
}
