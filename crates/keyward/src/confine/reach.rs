//! Which files a server can still open when it is confined.

use std::fs;
use std::path::{Path, PathBuf};

/// What the system's resolver reads whenever a name is looked up (it is loaded at its first use), and what says how
/// many cores there are.
const SYSTEM: [&str; 9] = [
    "/etc",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/run/systemd/resolve",
    "/proc/self",
    "/sys/fs/cgroup",
    "/dev/urandom",
];

/// Files and directories, with all that lies below them.
pub(crate) struct Reach {
    pub(super) read: Vec<PathBuf>,
    pub(super) write: Vec<PathBuf>,
}

impl Reach {
    /// The data directory, where its links lead to, and what the system's libraries read.
    pub(crate) fn new(data: &Path) -> Self {
        let entries = fs::read_dir(data).into_iter().flatten().flatten().map(|entry| entry.path());
        let linked = entries.filter(|path| path.is_symlink()).filter_map(|path| fs::canonicalize(path).ok());
        let write = linked.chain([data.to_owned()]).collect();
        Self { read: SYSTEM.map(PathBuf::from).into(), write }
    }

    /// Files that are read again later, and may by then be others of the same name: their directories, and those that
    /// they lie in when they are links.
    pub(crate) fn reading<'p>(mut self, files: impl IntoIterator<Item = &'p PathBuf>) -> Self {
        for file in files {
            let paths = [Some(file.clone()), fs::canonicalize(file).ok()];
            self.read.extend(paths.into_iter().flatten().filter_map(|path| folder(&path)));
        }
        self
    }

    /// Directories that may be written to as well.
    pub(crate) fn writing<'p>(mut self, directories: impl IntoIterator<Item = &'p PathBuf>) -> Self {
        self.write.extend(directories.into_iter().cloned());
        self
    }
}

/// The directory that a file lies in.
pub(crate) fn folder(file: &Path) -> Option<PathBuf> {
    let parent = file.parent()?;
    Some(if parent == Path::new("") { PathBuf::from(".") } else { parent.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_what_can_be_reached() {
        let (data, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(elsewhere.path(), data.path().join("audit")).unwrap();
        let reach = Reach::new(data.path());
        assert!(reach.write.contains(&fs::canonicalize(elsewhere.path()).unwrap()));
    }

    #[test]
    fn a_certificate_is_found_again_after_it_was_renewed() {
        let (live, archive) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (link, file) = (live.path().join("chain.pem"), archive.path().join("chain1.pem"));
        fs::write(&file, "").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let reach = Reach::new(live.path()).reading([&link]);
        assert!(reach.read.contains(&live.path().to_owned()));
        assert!(reach.read.contains(&fs::canonicalize(archive.path()).unwrap()));
    }
}
