//! All that a process holds in memory, the pages that a core dump leaves out included.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

/// Every part of a process's memory that can be read, each under the name that the kernel gives it.
///
/// It needs the rights of a debugger over the process; the test's own child grants them to root and, where the system
/// is set so, to its owner.
pub(super) fn of(process: u32) -> Vec<(String, Vec<u8>)> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
    let memory = File::open(format!("/proc/{process}/mem")).unwrap();
    maps.lines().filter_map(|line| part(line, &memory)).collect()
}

fn part(line: &str, memory: &File) -> Option<(String, Vec<u8>)> {
    let (range, rest) = line.split_once(' ')?;
    // What is the same on the disk (the program itself, its libraries) was not written by it.
    if rest.starts_with("r-") && rest.contains(" /") {
        return None;
    }
    let (start, end) = range.split_once('-')?;
    let at = |text: &str| u64::from_str_radix(text, 16).ok();
    let (start, end) = (at(start)?, at(end)?);
    let mut bytes = vec![0; usize::try_from(end - start).ok()?];
    // What is not readable (guard pages, the kernel's own) holds nothing of ours.
    memory.read_exact_at(&mut bytes, start).ok()?;
    Some((format!("memory {range} {rest}"), bytes))
}
