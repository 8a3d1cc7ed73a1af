//! `keyward backup`: everything in one file, while Keyward runs.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf, absolute};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::data::FILE_MODE;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::outcome::Problem;
use crate::output::{Field, record};

const FIELDS: &[Field] = &[
    ("backup", "/file"),
    ("made at", "/made_at"),
    ("database", "/database"),
    ("audit entries", "/entries"),
    ("verifier key", "/verifier_key"),
];

/// Write the database, the signed audit log and the configuration into one file
///
/// Clients are served meanwhile. Every secret in it is sealed: it opens with the vault's passphrase or key file, which it
/// does not hold. With PostgreSQL the rows are not in it: take a `pg_dump` as well, and keep the two together.
#[derive(Args)]
#[command(after_help = "Example:\n  keyward backup /backups/keyward-2026-11-25.tar\n\n\
    Keep it, the passphrase, and a copy of DIR/audit in different places; see docs/backup.md.")]
pub(crate) struct Backup {
    /// The file to write, which must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Backup {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let file = absolute(&self.file).with_context(|| format!("{} is no file", self.file.display()))?;
        anyhow::ensure!(!file.exists(), taken(&file));
        // A server may write to its data directory alone, and the person at the command line somewhere else.
        let staged = absolute(invocation.data.path())?.join(format!("backup-{}.tar", std::process::id()));
        let mut done = invocation.call(&Call::post(path(&["backup"]), &json!({ "file": staged }))?).await?;
        let moved = copy(&staged, &file);
        fs::remove_file(&staged).context("the backup's copy in the data directory cannot be removed")?;
        moved.with_context(|| format!("{} cannot be written", file.display()))?;
        done["file"] = json!(file);
        invocation.printer.result(&done, |done| record(done, FIELDS))
    }
}

fn taken(file: &Path) -> Problem {
    Problem::new("file_exists", format!("{} is there already", file.display()))
        .hint("name a new file: a backup is never written over")
}

/// Durable when it returns, and never over another file.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(to)?;
    io::copy(&mut File::open(from)?, &mut file)?;
    file.sync_all()?;
    File::open(to.parent().unwrap_or(Path::new("/")))?.sync_all()
}
