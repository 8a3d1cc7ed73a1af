//! Putting unpacked files into the data directory; what is in their way is moved aside, never removed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use jiff::Timestamp;
use keyward_control::archive::{AUDIT, DATABASE};

use crate::data::{DataDir, FILE_MODE};
use crate::outcome::Problem;

/// Only the owner may enter.
const DIR_MODE: u32 = 0o700;

/// The data directory, and the folder in it that a backup is unpacked into; that is gone with this value.
pub(super) struct Put {
    data: PathBuf,
    unpacked: PathBuf,
    aside: PathBuf,
    replace: bool,
}

impl Put {
    /// Forgets what an earlier restore, which did not end well, has left unpacked.
    pub(super) fn new(data: &DataDir, replace: bool, now: Timestamp) -> Self {
        let put = Self {
            data: data.path().to_owned(),
            unpacked: data.path().join("restoring"),
            aside: data.path().join(format!("replaced-{}", now.as_second())),
            replace,
        };
        put.forget();
        put
    }

    fn forget(&self) {
        let _ = fs::remove_dir_all(&self.unpacked); // what stays is in the way, and unpacking says so
    }

    /// Where the backup is unpacked.
    pub(super) fn unpacked(&self) -> &Path {
        &self.unpacked
    }

    /// Whether a file may be put, which is known before anything is moved.
    pub(super) fn check_free(&self, name: &str) -> Result<()> {
        if self.replace || !self.data.join(name).exists() {
            return Ok(());
        }
        let there =
            Problem::new("database_exists", format!("there is a {name} in the data directory already"));
        Err(there.hint("move it aside with --replace; nothing is removed").into())
    }

    /// Puts a file or folder of the backup into its place.
    pub(super) fn take(&self, name: &str) -> Result<()> {
        self.move_aside(name)?;
        let done = fs::rename(self.unpacked.join(name), self.data.join(name)).and_then(|()| self.settle());
        done.with_context(|| format!("{name} cannot be put back"))
    }

    /// The same, unless one is there.
    pub(super) fn take_if_free(&self, name: &str) -> Result<()> {
        let (is_there, is_taken) = (self.unpacked.join(name).exists(), self.data.join(name).exists());
        if is_there && !is_taken { self.take(name) } else { Ok(()) }
    }

    /// Copies an audit log from elsewhere.
    pub(super) fn copy_log(&self, from: &Path) -> Result<()> {
        self.move_aside(AUDIT)?;
        let to = self.data.join(AUDIT);
        let copy = || -> io::Result<()> {
            DirBuilder::new().mode(DIR_MODE).create(&to)?;
            for name in ["entries.log", "checkpoint"] {
                copy_durably(&from.join(name), &to.join(name))?;
            }
            self.settle()
        };
        copy().with_context(|| format!("the audit log in {} cannot be copied", from.display()))
    }

    /// A database goes with its write-ahead log, which would otherwise be taken for that of the new one.
    fn move_aside(&self, name: &str) -> Result<()> {
        let names =
            if name == DATABASE { vec![DATABASE, "keyward.db-wal", "keyward.db-shm"] } else { vec![name] };
        for name in names.into_iter().filter(|name| self.data.join(name).exists()) {
            let ready = DirBuilder::new().recursive(true).mode(DIR_MODE).create(&self.aside);
            let moved = ready.and_then(|()| fs::rename(self.data.join(name), self.aside.join(name)));
            moved.with_context(|| format!("{name} cannot be moved aside"))?;
        }
        Ok(())
    }

    /// New names are durable when their directory is.
    fn settle(&self) -> io::Result<()> {
        File::open(&self.data)?.sync_all()
    }
}

impl Drop for Put {
    fn drop(&mut self) {
        self.forget();
    }
}

fn copy_durably(from: &Path, to: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(to)?;
    io::copy(&mut File::open(from)?, &mut file)?;
    file.sync_all()
}
