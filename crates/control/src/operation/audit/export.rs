//! `audit export`: the log in the layout that tools of others read (C2SP tlog-tiles).

use std::path::{Component, Path, PathBuf};

use keyward_policy::{Actor, Operation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::blocking::blocking;
use crate::{Code, Control, Error};

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Export {
    /// An absolute path on the host that Keyward runs on; an earlier export there is brought up to date.
    #[schema(value_type = String)]
    pub directory: PathBuf,
}

/// What was exported.
#[derive(Debug, Serialize, ToSchema)]
pub struct Exported {
    /// Where it is.
    #[schema(value_type = String)]
    pub directory: PathBuf,
    /// How many entries it holds.
    pub entries: u64,
    /// The signed statement of its size and root (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The key that checks it (C2SP signed-note).
    pub verifier_key: String,
}

/// Writes what is signed. What was recorded until now is signed first, where the vault is unsealed.
///
/// # Errors
/// `directory_invalid`, `audit_unsigned`, `audit_damaged`, `audit_unavailable`.
pub async fn export(control: &Control, actor: &Actor, input: Export) -> Result<Exported, Error> {
    let out = input.directory;
    check(&out, &control.audit_dir)?;
    let key = control.audit_key().await?;
    let recorded =
        control.look(actor, Operation::AuditExport)?.record_whole(json!({ "directory": out })).await?;
    control.sign_checkpoint().await?;
    let (dir, to) = (control.audit_dir.clone(), out.clone());
    let written = blocking(move || Ok(keyward_ledger::export(&dir, &to)?));
    let checkpoint = recorded.carry_out(written).await?;
    let (entries, checkpoint) = (checkpoint.size(), checkpoint.to_string());
    Ok(Exported { directory: out, entries, checkpoint, verifier_key: key.to_string() })
}

fn check(out: &Path, audit: &Path) -> Result<(), Error> {
    let plain = out.is_absolute() && !out.components().any(|part| part == Component::ParentDir);
    if plain && !out.starts_with(audit) {
        return Ok(());
    }
    Err(Error::new(Code::DirectoryInvalid, "the directory is not an absolute path outside the audit log")
        .hint("name a directory of its own, without `..` in its path"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    async fn exported(fixture: &Fixture, directory: PathBuf) -> Result<Exported, Code> {
        export(&fixture.control, &fixture.actor, Export { directory }).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn the_export_holds_every_entry_with_its_own_record() {
        let fixture = Fixture::new().await;
        let out = tempfile::tempdir().unwrap();
        let done = exported(&fixture, out.path().join("audit")).await.unwrap();
        assert_eq!(done.entries, 2); // `vault init`, and the export itself
        assert_eq!(std::fs::read_to_string(done.directory.join("checkpoint")).unwrap(), done.checkpoint);
        assert!(done.directory.join("tile/entries/000.p/2").exists());
    }

    #[tokio::test]
    async fn the_log_itself_is_not_written_over() {
        let fixture = Fixture::new().await;
        let inside = fixture.control.audit_dir.join("tile");
        assert_eq!(exported(&fixture, inside).await.unwrap_err(), Code::DirectoryInvalid);
        for directory in ["relative", "/a/../b"] {
            assert_eq!(exported(&fixture, directory.into()).await.unwrap_err(), Code::DirectoryInvalid);
        }
    }
}
