//! Writing a backup: first its files into a private folder beside it, then the archive, then its name.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::manifest::{Database, Digested, Digests, Manifest};
use super::{FILES, FORMAT, MANIFEST};

/// A private folder beside the backup; gone with this value, whatever happens.
pub(crate) struct Staging(PathBuf);

impl Staging {
    /// Makes it.
    pub(crate) fn beside(file: &Path) -> io::Result<Self> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(".partial");
        let path = file.with_file_name(name);
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // what is left of it stands in the way of the next, who says so
    }
}

/// Packs the files that were staged; the backup is there, whole and durable, when this returns, and not before.
pub(crate) fn pack(
    staging: &Staging,
    database: Database,
    audit: Digests,
    made_at: Timestamp,
    file: &Path,
) -> io::Result<Manifest> {
    let staged: Vec<_> = FILES.into_iter().filter(|name| staging.path().join(name).exists()).collect();
    let digested = |name: &&str| Ok((name.to_string(), Digested::of(&staging.path().join(name))?));
    let files = staged.iter().map(digested).collect::<io::Result<BTreeMap<_, _>>>()?;
    let Digests { verifier_key, entries } = audit;
    let keyward = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { format: FORMAT, keyward, made_at, database, entries, verifier_key, files };
    fs::write(staging.path().join(MANIFEST), serde_json::to_vec_pretty(&manifest)?)?;
    let whole = staging.path().join("backup.tar");
    write(staging.path(), &whole, &staged, made_at)?;
    fs::hard_link(&whole, file)?; // never over another file
    File::open(file.parent().unwrap_or(Path::new("/")))?.sync_all()?;
    Ok(manifest)
}

fn write(staging: &Path, to: &Path, files: &[&str], made_at: Timestamp) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let mut tar = tar::Builder::new(file);
    for name in [MANIFEST].iter().chain(files) {
        let mut file = File::open(staging.join(name))?;
        let mut header = tar::Header::new_gnu();
        header.set_size(file.metadata()?.len());
        header.set_mode(0o600);
        header.set_mtime(made_at.as_second().unsigned_abs());
        tar.append_data(&mut header, name, &mut file)?;
    }
    let mut file = tar.into_inner()?;
    file.flush()?;
    file.sync_all()
}
