//! `keyward restore`: puts a backup back, locked.

mod log;
mod put;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use keyward_control::Lock;
use keyward_control::archive::{AUDIT, CONFIG, DATABASE, Database, Manifest, unpack};
use keyward_ledger::Ledger;
use keyward_policy::Clock;
use keyward_store::Store;
use zeroize::Zeroizing;

use self::log::Log;
use self::put::Put;
use super::reopen::words;
use crate::door::{Call, Door, path};
use crate::host::SystemClock;
use crate::invocation::Invocation;
use crate::outcome::Problem;

/// Put a backup back into the data directory; Keyward is locked then
///
/// Keys that were revoked, suspended, rotated away or deleted since the backup are ended again, from the newest audit log
/// there is: the one that is still in the data directory, or the one named with --audit. Keyward refuses every request
/// until `keyward reopen --confirm`. With PostgreSQL restore the `pg_dump` first.
#[derive(Args)]
#[command(after_help = "Examples:\n  keyward restore keyward-2026-11-25.tar\n  \
    keyward restore keyward-2026-11-25.tar --audit /mnt/old-disk/audit\n\n\
    Next: keyward serve, keyward vault unseal, keyward reopen")]
pub(crate) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The audit directory of the Keyward that was lost, where it is newer than the backup
    #[arg(long, value_name = "DIR")]
    audit: Option<PathBuf>,
    /// Move what is in the way aside: a database, or an audit log that does not go on where the backup's ends
    #[arg(long)]
    replace: bool,
}

impl Restore {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        if Door::of_server(&invocation.data.socket()).await?.is_some() {
            let running = Problem::new("server_running", "a server runs on this data directory");
            return Err(running.hint("stop it, and restore then").into());
        }
        invocation.data.ready()?;
        let put = Put::new(&invocation.data, self.replace, SystemClock.now());
        let manifest = unpack(&self.file, put.unpacked())?;
        self.put(invocation, &put, &manifest).await?;
        let locked = invocation.call(&Call::get(path(&["lock"]))).await?;
        invocation.printer.result(&locked["lock"], words)?;
        invocation
            .printer
            .next("keyward serve, keyward vault unseal, and keyward reopen when you have looked")
    }

    /// The database carries its lock before it is in its place: whatever ends this in its middle, none without a lock
    /// is left behind.
    async fn put(&self, invocation: &Invocation, put: &Put, manifest: &Manifest) -> Result<()> {
        let (kept, unpacked) = (invocation.data.audit(), put.unpacked());
        let (audit, replace) = (self.audit.as_deref(), self.replace);
        let log = log::newest(manifest, &unpacked.join(AUDIT), &kept, audit, replace)?;
        let is_sqlite = manifest.database == Database::Sqlite;
        if is_sqlite {
            put.check_free(DATABASE)?;
        }
        // Held to the end, so that no command works on the directory meanwhile.
        let _nobody_else = (log == Log::Kept).then(|| Ledger::open(&kept, None)).transpose()?;
        let copy = Zeroizing::new(unpacked.join(DATABASE).display().to_string());
        let store = Store::open(&if is_sqlite { copy } else { invocation.database.url()? }).await?;
        Lock::restored(manifest.made_at, SystemClock.now()).put(&store).await?;
        store.close().await;
        match log {
            Log::Kept => {}
            Log::Given(dir) => put.copy_log(&dir)?,
            Log::OfTheBackup => put.take(AUDIT)?,
        }
        if is_sqlite {
            put.take(DATABASE)?;
        }
        put.take_if_free(CONFIG).context("the configuration cannot be put back")
    }
}
