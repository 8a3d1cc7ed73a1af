//! The log in the layout of [C2SP tlog-tiles](https://c2sp.org/tlog-tiles), for tools that are not ours.

use std::fs;
use std::path::{Path, PathBuf};

use tlog_tiles::{Hash, record_hash};

use crate::files::{self, failed};
use crate::heads::Heads;
use crate::read::{Cursor, each};
use crate::tree::Tree;
use crate::{Broken, Checkpoint, Error};

/// The entries of a bundle and the hashes of a tile, and the levels of the tree that a tile spans.
const WIDTH: u64 = 256;
const HEIGHT: u8 = 8;

/// Writes `checkpoint`, the tiles and the entry bundles of what the latest checkpoint covers into `out`. Writing a later
/// state over an earlier one is sound: tiles never change.
///
/// # Errors
/// [`Broken`] when the entries are not what the checkpoint says; `out` then holds no new checkpoint.
pub fn export(dir: &Path, out: &Path) -> Result<Checkpoint, Broken> {
    let text = files::read_checkpoint(dir)?.ok_or(Broken::NoCheckpoint)?;
    let head = Checkpoint::unverified(&text).map_err(Broken::Checkpoint)?;
    let mut tree = Tree::default();
    let mut tiles = Tiles { out: out.to_owned(), bundle: Vec::new(), levels: Vec::new() };
    each(dir, Cursor::default(), |index, json| {
        let wanted = index < head.size();
        if wanted {
            tiles.add(&mut tree, json)?;
        }
        Ok(wanted)
    })?;
    check(&head, &tree)?;
    tiles.finish(tree.size())?;
    let path = out.join("checkpoint");
    fs::write(&path, head.as_str()).map_err(failed(&path, "written"))?;
    Ok(head)
}

/// Whether the tree is the one that was signed.
pub(crate) fn check(head: &Checkpoint, tree: &Tree) -> Result<(), Broken> {
    if tree.size() < head.size() {
        return Err(Broken::Shorter { entries: tree.size(), signed: head.size() });
    }
    Ok(Heads::new(vec![head.clone()]).compare(tree)?)
}

/// Tiles and bundles that are not full yet.
struct Tiles {
    out: PathBuf,
    bundle: Vec<u8>,
    /// The hashes of the open tile of every level of tiles.
    levels: Vec<Vec<u8>>,
}

impl Tiles {
    fn add(&mut self, tree: &mut Tree, json: &[u8]) -> Result<(), Error> {
        let length = u16::try_from(json.len()).map_err(|_| Error::TooLong(json.len()))?;
        self.bundle.extend_from_slice(&length.to_be_bytes());
        self.bundle.extend_from_slice(json);
        let mut nodes = Vec::new();
        tree.push_with(record_hash(json), |level, place, hash| nodes.push((level, place, hash)));
        for (level, place, hash) in nodes {
            if level % HEIGHT == 0 {
                self.add_hash(usize::from(level / HEIGHT), place, hash)?;
            }
        }
        if tree.size().is_multiple_of(WIDTH) {
            write(&self.out, "entries", tree.size() / WIDTH - 1, WIDTH, &self.bundle)?;
            self.bundle.clear();
        }
        Ok(())
    }

    fn add_hash(&mut self, level: usize, place: u64, hash: Hash) -> Result<(), Error> {
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        let tile = &mut self.levels[level];
        tile.extend_from_slice(&hash.0);
        if place % WIDTH == WIDTH - 1 {
            write(&self.out, &level.to_string(), place / WIDTH, WIDTH, tile)?;
            tile.clear();
        }
        Ok(())
    }

    /// Writes what is partly full.
    fn finish(&self, size: u64) -> Result<(), Error> {
        let entries = [("entries".to_owned(), size, &self.bundle)];
        let tiles =
            self.levels.iter().zip(0..).map(|(tile, level)| (level.to_string(), size >> (8 * level), tile));
        for (level, count, bytes) in entries.into_iter().chain(tiles) {
            if count % WIDTH > 0 {
                write(&self.out, &level, count / WIDTH, count % WIDTH, bytes)?;
            }
        }
        Ok(())
    }
}

fn write(out: &Path, level: &str, place: u64, width: u64, bytes: &[u8]) -> Result<(), Error> {
    let path = out.join(tile_path(level, place, width));
    let parent = path.parent().unwrap_or(out);
    fs::create_dir_all(parent).and_then(|()| fs::write(&path, bytes)).map_err(failed(&path, "written"))
}

/// `tile/<level>/x001/x234/067[.p/<width>]`.
fn tile_path(level: &str, mut place: u64, width: u64) -> String {
    let mut path = format!("{:03}", place % 1000);
    while place >= 1000 {
        place /= 1000;
        path = format!("x{:03}/{path}", place % 1000);
    }
    let partial = if width < WIDTH { format!(".p/{width}") } else { String::new() };
    format!("tile/{level}/{path}{partial}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tlog_tiles::{Tile, TileHashReader, TileReader, check_record, prove_record};

    use super::*;
    use crate::entry::unframed;
    use crate::fixtures::{entries, log_of, rewrite};

    fn files_in(dir: &Path, under: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(under).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files_in(dir, &path, found);
            } else {
                found.insert(path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned());
            }
        }
    }

    #[track_caller]
    fn check_files(size: u64, expected: &[&str]) {
        let (dir, _) = log_of(size + 1, &[size]);
        let out = tempfile::tempdir().unwrap();
        assert_eq!(export(dir.path(), out.path()).unwrap().size(), size);
        let mut found = BTreeSet::new();
        files_in(out.path(), out.path(), &mut found);
        assert_eq!(found, expected.iter().map(ToString::to_string).collect());
    }

    #[test]
    fn full_and_partial_tiles_are_those_of_the_specification() {
        check_files(0, &["checkpoint"]);
        check_files(1, &["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"]);
        check_files(256, &["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
        check_files(
            600,
            &[
                "checkpoint",
                "tile/0/000",
                "tile/0/001",
                "tile/0/002.p/88",
                "tile/1/000.p/2",
                "tile/entries/000",
                "tile/entries/001",
                "tile/entries/002.p/88",
            ],
        );
    }

    #[test]
    fn paths_have_three_digits_each() {
        assert_eq!(tile_path("0", 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(tile_path("entries", 0, 7), "tile/entries/000.p/7");
    }

    /// Reads exported tiles for the reference implementation, which names them in an older way.
    struct Exported<'a>(&'a Path);

    impl TileReader for Exported<'_> {
        fn height(&self) -> u8 {
            HEIGHT
        }

        fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
            let path =
                |tile: &Tile| tile_path(&tile.level().to_string(), tile.level_index(), tile.width().into());
            Ok(tiles.iter().map(|tile| fs::read(self.0.join(path(tile))).unwrap()).collect())
        }

        fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
    }

    #[test]
    fn the_reference_implementation_proves_every_entry_from_the_exported_tiles() {
        let (dir, _) = log_of(600, &[600]);
        let out = tempfile::tempdir().unwrap();
        let head = export(dir.path(), out.path()).unwrap();
        let exported = Exported(out.path());
        let nodes = TileHashReader::new(head.size(), Hash(head.root()), &exported);
        let bundles = ["000", "001", "002.p/88"]
            .map(|name| fs::read(out.path().join("tile/entries").join(name)).unwrap());
        for (index, entry) in bundles.iter().flat_map(|bundle| unframed(bundle)).zip(0..).map(|(e, i)| (i, e))
        {
            let path = prove_record(head.size(), index, &nodes).unwrap();
            check_record(&path, head.size(), Hash(head.root()), index, record_hash(entry)).unwrap();
        }
    }

    #[test]
    fn a_log_that_was_changed_is_not_exported_as_signed() {
        let (dir, _) = log_of(3, &[3]);
        let mut changed = entries(dir.path());
        changed.swap(0, 1);
        rewrite(dir.path(), &changed);
        let out = tempfile::tempdir().unwrap();
        assert!(matches!(export(dir.path(), out.path()), Err(Broken::Changed { .. })));
        assert!(!out.path().join("checkpoint").exists());
    }
}
