//! The disk that the data directory is on: its room, its kind, and whether it keeps its word.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use rustix::fs::{statfs, statvfs};

use super::Finding;

/// Below this an operator should act soon; an order takes some hundred bytes of the audit log.
const ROOM_FAIR: u64 = 1 << 30;
/// Below this the next minutes may fill it, and then no order leaves.
const ROOM_LEAST: u64 = 100 << 20;

/// File systems that lose what was written, or do not say when it is durable (`statfs(2)`).
const DOUBTFUL: [(i64, &str); 5] = [
    (0x0102_1994, "memory (tmpfs)"),
    (0x6969, "a network (NFS)"),
    (0x517B, "a network (SMB)"),
    (0xFF53_4D42, "a network (CIFS)"),
    (0x794c_7630, "a container's layer (overlayfs)"),
];

/// Every check of the disk below a directory; none before there is one.
pub(super) fn all(data: &Path) -> Vec<Finding> {
    if !data.is_dir() {
        return vec![Finding::ok("disk", "there is nothing on it yet")];
    }
    let room = statvfs(data).map(|disk| disk.f_bavail * disk.f_frsize);
    vec![room.map_or_else(|error| unknown(&error.into()), room_left), kind(data), durable(data)]
}

fn unknown(error: &io::Error) -> Finding {
    Finding::warn("disk", format!("the system does not say: {error}"), "look at `df` yourself")
}

fn room_left(bytes: u64) -> Finding {
    const ROOM: &str = "make room, or move the data directory to a larger disk: without room no order leaves";
    let found = format!("{} MiB free", bytes >> 20);
    if bytes < ROOM_LEAST {
        return Finding::fail("disk", found, ROOM);
    }
    if bytes < ROOM_FAIR { Finding::warn("disk", found, ROOM) } else { Finding::ok("disk", found) }
}

#[expect(clippy::unnecessary_cast, reason = "the kind's type differs between systems")]
fn kind(data: &Path) -> Finding {
    let kind = statfs(data).map(|disk| disk.f_type as i64).unwrap_or_default();
    match DOUBTFUL.iter().find(|(number, _)| *number == kind) {
        Some((_, name)) => Finding::warn(
            "disk kind",
            format!("the data directory is on {name}"),
            "put it on a local disk: what is acknowledged must survive a crash",
        ),
        None => Finding::ok("disk kind", "a local disk, or one that says so"),
    }
}

/// What is written and synchronised must be acknowledged.
fn durable(data: &Path) -> Finding {
    match synchronise(&data.join("doctor.tmp")) {
        Ok(()) => Finding::ok("disk sync", "it takes what it is given"),
        Err(error) => Finding::fail(
            "disk sync",
            format!("it does not: {error}"),
            "see the kernel's log; do not trade on this disk",
        ),
    }
}

fn synchronise(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    let written = file.write_all(b"keyward doctor").and_then(|()| file.sync_all());
    fs::remove_file(path)?;
    written
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn room_is_asked_for_before_there_is_none() {
        assert!(room_left(ROOM_FAIR).verdict == Verdict::Ok);
        assert!(room_left(ROOM_LEAST).verdict == Verdict::Warn);
        assert!(room_left(0).verdict == Verdict::Fail);
    }

    #[test]
    fn a_disk_that_works_is_left_as_it_was() {
        let data = tempfile::tempdir().unwrap();
        assert!(durable(data.path()).verdict == Verdict::Ok);
        assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0);
    }
}
