//! What a server leaves to the next one: which signatures were used lately. Without it the next one refuses everything that
//! was signed before it started, because it cannot tell what was used; with it, a request that waited in the listener's
//! backlog during a restart is served.
//!
//! It is believed once, and only where the audit log still ends where the server that wrote it left it: anything that
//! has served or changed something since has moved that end.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use anyhow::Result;
use keyward_gateway::Remembered;
use serde::{Deserialize, Serialize};

use crate::data::{DataDir, FILE_MODE};

#[derive(Serialize, Deserialize)]
struct Left {
    /// Entries of the audit log.
    entries: u64,
    remembered: Remembered,
}

/// Leaves it to the next server. The audit log will get no more entries.
pub(crate) fn leave(data: &DataDir, entries: u64, remembered: Remembered) -> Result<()> {
    let left = serde_json::to_vec(&Left { entries, remembered })?;
    let path = data.remembered();
    let _ = fs::remove_file(&path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path)?;
    Ok(file.write_all(&left)?)
}

/// Takes what the last server has left, if it was the last to write to the audit log, which has so many entries.
pub(crate) fn take(data: &DataDir, entries: u64) -> Option<Remembered> {
    let left = fs::read(data.remembered()).ok()?;
    forget(data).ok()?;
    let left: Left = serde_json::from_slice(&left).ok()?;
    (left.entries == entries).then_some(left.remembered)
}

/// Nothing is believed twice, not after a power failure either.
fn forget(data: &DataDir) -> Result<()> {
    fs::remove_file(data.remembered())?;
    Ok(File::open(data.path())?.sync_all()?)
}
