//! The files of a log: where they are, how they are opened and replaced.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// A note with a thousand witnesses is shorter: a longer checkpoint is not read.
const MAX_NOTE: u64 = 256 * 1024;
/// A million requests on their way at once are not: a longer state is not read.
const MAX_STATE: u64 = 64 * 1024 * 1024;

/// The entries' file.
pub(crate) fn entries(dir: &Path) -> PathBuf {
    dir.join("entries.log")
}

/// The latest checkpoint's file.
pub(crate) fn checkpoint(dir: &Path) -> PathBuf {
    dir.join("checkpoint")
}

/// The file with what is known of the entries under the latest checkpoint.
pub(crate) fn state(dir: &Path) -> PathBuf {
    dir.join("state")
}

/// Makes an error of the operating system tell which file it is about.
pub(crate) fn failed(path: &Path, done: &'static str) -> impl FnOnce(io::Error) -> Error {
    move |source| Error::Io { path: path.to_owned(), done, source }
}

/// Opens the entries for the one writer; creates what is missing.
pub(crate) fn open_to_write(dir: &Path) -> Result<File, Error> {
    create_private_dir(dir).map_err(failed(dir, "created"))?;
    let path = entries(dir);
    let file = private(OpenOptions::new().read(true).append(true).create(true)).open(&path);
    let file = file.map_err(failed(&path, "opened"))?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => Error::InUse(dir.to_owned()),
        TryLockError::Error(source) => failed(&path, "locked")(source),
    })?;
    let metadata = file.metadata().map_err(failed(&path, "read"))?;
    if metadata.len() == 0 {
        sync_dir(dir).map_err(failed(dir, "written"))?; // it may be new
    }
    Ok(file)
}

/// Opens the entries to read beside the writer.
pub(crate) fn open_to_read(dir: &Path) -> Result<File, Error> {
    let path = entries(dir);
    File::open(&path).map_err(failed(&path, "read"))
}

/// The stored state's text, if there is one that can be read.
pub(crate) fn read_state(dir: &Path) -> Option<String> {
    let mut text = String::new();
    let file = File::open(state(dir)).ok()?;
    file.take(MAX_STATE).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Replaces the stored state, without waiting for the disk.
pub(crate) fn replace_state(dir: &Path, text: &str) -> io::Result<()> {
    let fresh = dir.join("state.new");
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(&fresh)?;
    file.write_all(text.as_bytes())?;
    fs::rename(&fresh, state(dir))
}

/// The text of the latest checkpoint, if there is one.
pub(crate) fn read_checkpoint(dir: &Path) -> Result<Option<String>, Error> {
    let path = checkpoint(dir);
    let mut text = String::new();
    match File::open(&path).and_then(|file| file.take(MAX_NOTE).read_to_string(&mut text)) {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&path, "read")(error)),
    }
}

/// Replaces the latest checkpoint: after a crash the old one or the new one is there, whole.
pub(crate) fn replace_checkpoint(dir: &Path, text: &str) -> Result<(), Error> {
    let path = checkpoint(dir);
    let fresh = dir.join("checkpoint.new");
    write_durably(&fresh, text.as_bytes())
        .and_then(|()| fs::rename(&fresh, &path))
        .and_then(|()| sync_dir(dir))
        .map_err(failed(&path, "written"))
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = private(OpenOptions::new().write(true).create(true).truncate(true)).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new name is durable when its directory is.
fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Nobody else on the host needs to read who trades what.
#[cfg(unix)]
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

pub(crate) fn create_private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}
