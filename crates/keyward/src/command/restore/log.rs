//! Which audit log is the newest that goes on where the backup's ends.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use keyward_control::archive::Manifest;
use keyward_ledger::{VerifierKey, verify};

use crate::outcome::Problem;

/// The log to go on with.
#[derive(Debug, PartialEq)]
pub(super) enum Log {
    /// The one in the data directory.
    Kept,
    /// The one that the operator named.
    Given(PathBuf),
    /// There is no newer one.
    OfTheBackup,
}

/// Finds the longest log that holds everything which the backup's holds. One that does not is another story: the
/// operator says whether it is to be moved aside.
pub(super) fn newest(
    manifest: &Manifest,
    backup: &Path,
    kept: &Path,
    given: Option<&Path>,
    replace: bool,
) -> Result<Log> {
    let key: VerifierKey = manifest.verifier_key.parse().context("the backup names no verifier key")?;
    let checkpoint =
        fs::read_to_string(backup.join("checkpoint")).context("the backup holds no checkpoint")?;
    verify(backup, &key, &[]).context("the audit log in the backup is not what was signed")?;
    let entries = |dir: &Path| verify(dir, &key, &[&checkpoint]).map(|report| report.entries);
    let of_given = given.map(|dir| entries(dir).map_err(|error| other(dir, &error))).transpose()?;
    let of_kept = match kept.exists().then(|| entries(kept)) {
        Some(Err(_)) if replace => None,
        found => {
            found.transpose().map_err(|error| other(kept, &error).hint("move it aside with --replace"))?
        }
    };
    Ok(match (of_kept, of_given.zip(given)) {
        (Some(kept), Some((more, given))) if more > kept => Log::Given(given.to_owned()),
        (Some(_), _) => Log::Kept,
        (None, Some((_, given))) => Log::Given(given.to_owned()),
        (None, None) => Log::OfTheBackup,
    })
}

fn other(dir: &Path, error: &keyward_ledger::Broken) -> Problem {
    let said = format!("the audit log in {} does not go on where the backup's ends: {error}", dir.display());
    Problem::new("audit_other", said)
}
