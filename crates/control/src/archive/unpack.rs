//! Reading a backup: only what its manifest names, only as long as it says, and only if the digests agree.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use super::manifest::{Digested, Manifest};
use super::{AUDIT, FILES, FORMAT, MANIFEST};
use crate::{Code, Error};

/// No manifest is longer.
const MANIFEST_MAX: u64 = 1024 * 1024;

/// Unpacks a backup into a folder that must not be there yet, and checks every file.
///
/// # Errors
/// `backup_invalid` says what is wrong with it; the folder then holds what was read so far.
pub fn unpack(backup: &Path, out: &Path) -> Result<Manifest, Error> {
    let manifest = read(backup, out).map_err(invalid)?;
    for (name, expected) in &manifest.files {
        let found = Digested::of(&out.join(name)).map_err(invalid)?;
        if found != *expected {
            return Err(invalid(io::Error::other(format!("{name} is not what the manifest says"))));
        }
    }
    Ok(manifest)
}

fn read(backup: &Path, out: &Path) -> io::Result<Manifest> {
    let mut archive = tar::Archive::new(File::open(backup)?);
    for folder in [out, &out.join(AUDIT)] {
        DirBuilder::new().mode(0o700).create(folder)?;
    }
    let mut entries = archive.entries()?;
    let first = entries.next().ok_or_else(|| io::Error::other("it is empty"))??;
    let manifest = manifest(first)?;
    for entry in entries {
        let mut entry = entry?;
        let name = FILES.into_iter().find(|name| *entry.path_bytes() == *name.as_bytes());
        let name = name.ok_or_else(|| io::Error::other("it holds a file that no backup holds"))?;
        let expected = manifest.files.get(name).filter(|expected| expected.bytes == entry.size());
        expected.ok_or_else(|| io::Error::other(format!("{name} is not as long as the manifest says")))?;
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(out.join(name))?;
        io::copy(&mut entry, &mut file)?;
        file.sync_all()?;
    }
    Ok(manifest)
}

fn manifest(entry: tar::Entry<'_, File>) -> io::Result<Manifest> {
    if *entry.path_bytes() != *MANIFEST.as_bytes() {
        return Err(io::Error::other("it does not begin with a manifest"));
    }
    let manifest: Manifest = serde_json::from_reader(entry.take(MANIFEST_MAX))?;
    if manifest.format != FORMAT {
        return Err(io::Error::other(format!(
            "it has the form {}, and this Keyward reads {FORMAT}",
            manifest.format
        )));
    }
    if let Some(name) = manifest.files.keys().find(|name| !FILES.contains(&name.as_str())) {
        return Err(io::Error::other(format!("its manifest names `{name}`, which no backup holds")));
    }
    Ok(manifest)
}

fn invalid(error: io::Error) -> Error {
    Error::new(Code::BackupInvalid, format!("the backup cannot be read: {error}"))
        .hint("take another backup; `tar tvf` shows what is in this one")
        .caused_by(error)
}
