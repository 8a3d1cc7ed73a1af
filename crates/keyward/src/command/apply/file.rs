//! The file of `keyward apply`: venues, projects and keys as a person writes them down.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use keyward_policy::{Hold, Origin, PermissionSet, RateLimit, Symbol};
use serde::{Deserialize, Serialize};

use crate::outcome::Problem;

/// The longest file that is read; a thousand keys are some 300 KB.
const BYTES_MAX: u64 = 4 << 20;

/// What there shall be.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Wanted {
    /// By name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) venue: BTreeMap<String, Venue>,
    /// By name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) project: BTreeMap<String, Project>,
    /// By name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) key: BTreeMap<String, Key>,
}

/// A venue.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Venue {
    pub(super) dialect: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) public_market_data: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) urls: Option<BTreeMap<String, String>>,
}

/// A project.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Project {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rotate_after_days: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) four_eyes: Option<bool>,
}

/// A key's policy. What is not named is the default of a new key, and stays as it is of one that is there.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) project: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) credentials: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) venues: Vec<String>,
    pub(super) allow: PermissionSet,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) symbols: Option<Vec<Symbol>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) holds: Option<Vec<Hold>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ip: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) deny_ip: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) not_before: Option<String>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) key_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) public_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rate: Option<Rate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origins: Option<Vec<Origin>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) address_rate: Option<RateLimit>,
}

/// A rate, or the explicit choice of none.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum Rate {
    Limited(RateLimit),
    Word(String),
}

impl Wanted {
    /// Reads a file.
    pub(super) fn read(file: &Path) -> Result<Self> {
        let size =
            std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?.len();
        if size > BYTES_MAX {
            return Err(Problem::new("file_invalid", "the file is longer than 4 MiB").into());
        }
        let text =
            std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let read = toml::from_str(&text);
        read.map_err(|error| Problem::new("file_invalid", format!("{}: {error}", file.display())).into())
    }
}
