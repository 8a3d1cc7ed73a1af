//! The data directory: where it is, what lies in it, and that nobody else can read it.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use etcetera::BaseStrategy;
use etcetera::base_strategy::choose_native_strategy;

use crate::outcome::Problem;

/// Only the owner may enter.
const DIR_MODE: u32 = 0o700;
/// Only the owner may read and write.
pub(crate) const FILE_MODE: u32 = 0o600;

/// The directory that holds everything Keyward keeps on this host.
#[derive(Clone)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// The directory given, or the platform's own.
    pub(crate) fn locate(given: Option<PathBuf>) -> Result<Self> {
        if let Some(path) = given {
            return Ok(Self(path));
        }
        let platform = choose_native_strategy().map_err(|_| {
            Problem::usage("this account has no home directory, so there is no default data directory")
                .hint("name one with --data DIR")
        })?;
        Ok(Self(platform.data_dir().join("keyward")))
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The SQLite database.
    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("keyward.db")
    }

    /// The audit log.
    pub(crate) fn audit(&self) -> PathBuf {
        self.0.join("audit")
    }

    /// The socket of a running server.
    pub(crate) fn socket(&self) -> PathBuf {
        self.0.join("keyward.sock")
    }

    /// The file that is the kill switch while it is there.
    pub(crate) fn kill_switch(&self) -> PathBuf {
        self.0.join("kill")
    }

    /// Where a running server hands its listeners to the one that takes its place.
    pub(crate) fn hand_over(&self) -> PathBuf {
        self.0.join("hand-over.sock")
    }

    /// What the last server has left to the next.
    pub(crate) fn remembered(&self) -> PathBuf {
        self.0.join("remembered.json")
    }

    /// The configuration file that is read when none is named.
    pub(crate) fn config(&self) -> PathBuf {
        self.0.join("keyward.toml")
    }

    /// Makes sure that the directory is there and that only its owner can enter it.
    ///
    /// An empty directory is closed; one that holds something is not ours to change, so the operator is told.
    pub(crate) fn ready(&self) -> Result<()> {
        DirBuilder::new().recursive(true).mode(DIR_MODE).create(&self.0).with_context(|| self.unusable())?;
        if self.private().with_context(|| self.unusable())? {
            return Ok(());
        }
        if fs::read_dir(&self.0).with_context(|| self.unusable())?.next().is_none() {
            return fs::set_permissions(&self.0, Permissions::from_mode(DIR_MODE))
                .with_context(|| self.unusable());
        }
        let shown = self.0.display();
        let open = Problem::new("data_open", format!("other users of this host can enter {shown}"));
        Err(open.hint(format!("chmod 700 {shown}")).into())
    }

    /// Whether only the owner can enter the directory.
    pub(crate) fn private(&self) -> std::io::Result<bool> {
        private(&self.0)
    }

    fn unusable(&self) -> String {
        format!("the data directory {} cannot be used", self.0.display())
    }
}

/// Whether only the owner has any right to a file or directory.
pub(crate) fn private(path: &Path) -> std::io::Result<bool> {
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_mode(mode: u32, inside: Option<&str>) -> (tempfile::TempDir, Result<()>) {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        fs::create_dir(&path).unwrap();
        if let Some(name) = inside {
            fs::write(path.join(name), "").unwrap();
        }
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        let ready = DataDir(path).ready();
        (parent, ready)
    }

    #[test]
    fn a_new_directory_is_private() {
        let parent = tempfile::tempdir().unwrap();
        let data = DataDir(parent.path().join("a/b"));
        data.ready().unwrap();
        assert!(data.private().unwrap());
    }

    #[test]
    fn an_open_empty_directory_is_closed() {
        let (parent, ready) = with_mode(0o755, None);
        ready.unwrap();
        assert!(private(&parent.path().join("data")).unwrap());
    }

    #[test]
    fn an_open_directory_with_something_in_it_is_refused_untouched() {
        let (parent, ready) = with_mode(0o755, Some("diary"));
        assert!(ready.unwrap_err().to_string().contains("other users"));
        assert!(!private(&parent.path().join("data")).unwrap());
    }
}
