//! A copy of what is signed, as a log of its own: for a backup.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::Path;

use tlog_tiles::record_hash;

use crate::export::check;
use crate::files::{self, failed};
use crate::read::{Cursor, each};
use crate::tree::Tree;
use crate::{Broken, Checkpoint};

/// Copies the entries that the latest checkpoint covers, and the checkpoint, into `out`, which must not hold a log.
///
/// The copy is durable when this returns, and opens as any log does. Needs no lock; the log may grow meanwhile.
///
/// # Errors
/// [`Broken`] when the entries are not what the checkpoint says; `out` then holds no checkpoint.
pub fn copy_signed(dir: &Path, out: &Path) -> Result<Checkpoint, Broken> {
    let text = files::read_checkpoint(dir)?.ok_or(Broken::NoCheckpoint)?;
    let head = Checkpoint::unverified(&text).map_err(Broken::Checkpoint)?;
    let path = files::entries(out);
    let file = create(out)?;
    let (mut to, mut tree) = (BufWriter::new(&file), Tree::default());
    each(dir, Cursor::default(), |index, json| {
        let wanted = index < head.size();
        if wanted {
            tree.push(record_hash(json));
            let length = (json.len() as u16).to_be_bytes(); // an entry that was read fits
            to.write_all(&length).and_then(|()| to.write_all(json)).map_err(failed(&path, "written"))?;
        }
        Ok(wanted)
    })?;
    check(&head, &tree)?;
    to.flush().and_then(|()| file.sync_all()).map_err(failed(&path, "written"))?;
    drop(to);
    files::replace_checkpoint(out, head.as_str())?;
    Ok(head)
}

fn create(out: &Path) -> Result<File, Broken> {
    files::create_private_dir(out).map_err(failed(out, "created"))?;
    let path = files::entries(out);
    let file = files::private(OpenOptions::new().write(true).create_new(true)).open(&path);
    Ok(file.map_err(failed(&path, "created"))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{entries, log_of, open, rewrite};

    #[test]
    fn a_copy_holds_what_is_signed_and_goes_on_as_a_log() {
        let (dir, checkpoints) = log_of(5, &[2, 4]);
        let out = tempfile::tempdir().unwrap();
        let copy = out.path().join("audit");
        assert_eq!(copy_signed(dir.path(), &copy).unwrap().as_str(), checkpoints[1]);
        assert_eq!(entries(&copy), entries(dir.path())[..4]);
        assert_eq!(open(&copy).opening().signed, 4);
        assert!(copy_signed(dir.path(), &copy).is_err(), "a log is not written over");
    }

    #[test]
    fn a_log_that_was_changed_is_not_copied_as_signed() {
        let (dir, _) = log_of(3, &[3]);
        let mut changed = entries(dir.path());
        changed.swap(0, 1);
        rewrite(dir.path(), &changed);
        let out = tempfile::tempdir().unwrap();
        assert!(matches!(copy_signed(dir.path(), out.path()), Err(Broken::Changed { .. })));
        assert!(!out.path().join("checkpoint").exists());
    }
}
