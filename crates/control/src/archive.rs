//! A backup's file: a tar archive of a manifest and the files that it names, each with its digest.
//!
//! Whatever is in it was sealed or public before: it is worth what a stolen database is worth. The digests find what
//! broke; they are no signature. The audit log in it is signed, as it is everywhere.

mod manifest;
mod pack;
mod unpack;

pub use manifest::{Database, Manifest};
pub(crate) use manifest::{Digests, FORMAT};
pub(crate) use pack::{Staging, pack};
pub use unpack::unpack;

/// The first file of the archive.
pub(crate) const MANIFEST: &str = "manifest.json";
/// The copy of a SQLite database.
pub const DATABASE: &str = "keyward.db";
/// The audit log up to its checkpoint.
pub const AUDIT: &str = "audit";
/// The configuration file, if there is one.
pub const CONFIG: &str = "keyward.toml";
/// Every file that a manifest may name.
const FILES: [&str; 4] = [DATABASE, "audit/entries.log", "audit/checkpoint", CONFIG];

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::Code;

    /// A backup of made-up files, and the folder that they are unpacked into.
    fn packed() -> (tempfile::TempDir, std::path::PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("backup");
        let staging = Staging::beside(&file).unwrap();
        fs::create_dir(staging.path().join(AUDIT)).unwrap();
        for name in FILES {
            fs::write(staging.path().join(name), format!("the bytes of {name}")).unwrap();
        }
        let digests = Digests { verifier_key: "key".to_owned(), entries: 3 };
        pack(&staging, Database::Sqlite, digests, jiff::Timestamp::UNIX_EPOCH, &file).unwrap();
        (dir, file)
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let (dir, file) = packed();
        let out = dir.path().join("out");
        let manifest = unpack(&file, &out).unwrap();
        assert_eq!((manifest.database, manifest.entries), (Database::Sqlite, 3));
        for name in FILES {
            assert_eq!(fs::read_to_string(out.join(name)).unwrap(), format!("the bytes of {name}"));
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing else is left behind");
    }

    #[test]
    fn only_the_owner_reads_a_backup_and_what_comes_out_of_it() {
        use std::os::unix::fs::PermissionsExt;
        let (dir, file) = packed();
        let out = dir.path().join("out");
        unpack(&file, &out).unwrap();
        for path in [&file, &out, &out.join(DATABASE), &out.join("audit/entries.log")] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o077, 0, "{}", path.display());
        }
    }

    #[test]
    fn a_backup_that_broke_is_refused() {
        let (dir, file) = packed();
        let whole = fs::read(&file).unwrap();
        let at = whole.windows(12).rposition(|window| window == b"the bytes of").unwrap();
        let changed: Vec<u8> = whole.iter().enumerate().map(|(i, byte)| byte ^ u8::from(i == at)).collect();
        for (n, bytes) in [&changed[..], &whole[..at], b"no archive at all", b""].into_iter().enumerate() {
            fs::write(&file, bytes).unwrap();
            let refused = unpack(&file, &dir.path().join(format!("out-{n}"))).unwrap_err();
            assert_eq!(refused.code(), Code::BackupInvalid, "{refused}");
        }
    }

    #[test]
    fn a_file_that_no_backup_holds_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("backup");
        for name in ["../escaped", "keyward.sock", "manifest.json/.."] {
            let mut header = tar::Header::new_gnu();
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(0);
            header.set_cksum();
            let mut tar = tar::Builder::new(fs::File::create(&file).unwrap());
            tar.append(&header, std::io::empty()).unwrap();
            tar.finish().unwrap();
            let refused = unpack(&file, &dir.path().join("out")).unwrap_err();
            assert_eq!(refused.code(), Code::BackupInvalid);
            assert!(!dir.path().join("escaped").exists());
            fs::remove_dir_all(dir.path().join("out")).unwrap();
        }
    }
}
