//! `backup`: a consistent copy of everything, while Keyward runs.

use std::io;
use std::path::{Component, Path, PathBuf};

use keyward_policy::{Actor, Operation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::archive::{AUDIT, CONFIG, DATABASE, Database, Digests, Manifest, Staging, pack};
use crate::blocking::blocking;
use crate::{Code, Control, Error};

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The absolute path of a file that is not there yet, on the host that Keyward runs on.
    #[schema(value_type = String)]
    pub file: PathBuf,
}

/// A backup that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackedUp {
    /// Where it is.
    #[schema(value_type = String)]
    pub file: PathBuf,
    /// What it says about itself.
    #[serde(flatten)]
    pub manifest: Manifest,
    /// What a person should know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// Writes the database, the audit log up to its checkpoint, and the configuration into one file.
///
/// What was recorded until now is signed first, where the vault is unsealed. Nobody changes anything meanwhile; clients
/// are served.
///
/// # Errors
/// `directory_invalid`; `audit_unsigned` before there is a vault; `audit_damaged`; and those of every change.
pub async fn backup(control: &Control, actor: &Actor, input: Backup) -> Result<BackedUp, Error> {
    let file = input.file;
    check(&file)?;
    let act = control.act(actor, Operation::Backup).await?;
    let recorded = act.record_whole(json!({ "file": file })).await?;
    let manifest = recorded.carry_out(write(control, &file)).await?;
    let warnings = match manifest.database {
        Database::Sqlite => Vec::new(),
        Database::Postgres => vec![
            "the rows are in Postgres and not in this file: take a pg_dump now, and keep the two together"
                .to_owned(),
        ],
    };
    Ok(BackedUp { file, manifest, warnings })
}

async fn write(control: &Control, file: &Path) -> Result<Manifest, Error> {
    let key = control.audit_key().await?;
    control.sign_checkpoint_now().await?;
    let staging = Staging::beside(file).map_err(|error| unwritable(file, error))?;
    let is_sqlite = control.store.copy_to(&staging.path().join(DATABASE)).await?;
    let database = if is_sqlite { Database::Sqlite } else { Database::Postgres };
    let (audit, config, made_at, file) =
        (control.audit_dir.clone(), control.config_file.clone(), control.now(), file.to_owned());
    blocking(move || {
        let entries = keyward_ledger::copy_signed(&audit, &staging.path().join(AUDIT))?.size();
        copy_if_there(&config, &staging.path().join(CONFIG)).map_err(|error| unwritable(&config, error))?;
        let log = Digests { verifier_key: key.to_string(), entries };
        pack(&staging, database, log, made_at, &file).map_err(|error| unwritable(&file, error))
    })
    .await
}

fn copy_if_there(from: &Path, to: &Path) -> io::Result<()> {
    match std::fs::copy(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn check(file: &Path) -> Result<(), Error> {
    let plain = file.is_absolute() && !file.components().any(|part| part == Component::ParentDir);
    if plain && file.file_name().is_some() && !file.exists() {
        return Ok(());
    }
    Err(Error::new(Code::DirectoryInvalid, "the backup's file is not an absolute path that is free")
        .hint("name a new file, without `..` in its path; a backup is never written over"))
}

fn unwritable(file: &Path, error: io::Error) -> Error {
    Error::new(Code::DirectoryInvalid, format!("{} cannot be written: {error}", file.display()))
        .hint("name a folder that Keyward may write to, with room for the database and the log, twice")
        .caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::unpack;
    use crate::fixture::{Fixture, SECRET};

    async fn backed_up(fixture: &Fixture, file: PathBuf) -> Result<BackedUp, Code> {
        backup(&fixture.control, &fixture.actor, Backup { file }).await.map_err(|error| error.code())
    }

    #[tokio::test]
    async fn a_backup_holds_the_rows_the_signed_log_and_the_configuration() {
        let (fixture, out) = (Fixture::new().await, tempfile::tempdir().unwrap());
        let key = fixture.trading_key("bot").await;
        std::fs::write(&fixture.control.config_file, "[gateway]").unwrap();
        let done = backed_up(&fixture, out.path().join("backup")).await.unwrap();
        assert_eq!(done.manifest.entries, fixture.control.ledger.entries());
        let there = out.path().join("there");
        assert_eq!(unpack(&done.file, &there).unwrap(), done.manifest);
        let store = keyward_store::Store::open(there.join(DATABASE).to_str().unwrap()).await.unwrap();
        assert_eq!(store.load().await.unwrap().keys, [key]);
        let checker = done.manifest.verifier_key.parse().unwrap();
        let report = keyward_ledger::verify(&there.join(AUDIT), &checker, &[]).unwrap();
        assert_eq!((report.signed, report.unsigned), (done.manifest.entries, 0));
        assert_eq!(std::fs::read_to_string(there.join(CONFIG)).unwrap(), "[gateway]");
    }

    #[tokio::test]
    async fn a_backup_holds_no_secret_in_the_clear() {
        let (fixture, out) = (Fixture::new().await, tempfile::tempdir().unwrap());
        fixture.trading_key("bot").await;
        let done = backed_up(&fixture, out.path().join("backup")).await.unwrap();
        let bytes = std::fs::read(done.file).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(holds("REALKEY") || holds("key create"), "the search finds what is there");
        assert!(SECRET.as_bytes().chunks(16).all(|part| !holds(str::from_utf8(part).unwrap())));
    }

    #[tokio::test]
    async fn nothing_is_written_over_and_nothing_relative_is_taken() {
        let (fixture, out) = (Fixture::new().await, tempfile::tempdir().unwrap());
        let file = out.path().join("backup");
        backed_up(&fixture, file.clone()).await.unwrap();
        for file in [file, "relative".into(), "/a/../b".into(), out.path().join("no/folder/backup")] {
            assert_eq!(backed_up(&fixture, file).await.unwrap_err(), Code::DirectoryInvalid);
        }
        assert_eq!(std::fs::read_dir(out.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn before_there_is_a_vault_there_is_nothing_to_back_up() {
        let (fixture, out) = (Fixture::without_vault().await, tempfile::tempdir().unwrap());
        assert_eq!(backed_up(&fixture, out.path().join("backup")).await.unwrap_err(), Code::AuditUnsigned);
    }
}
