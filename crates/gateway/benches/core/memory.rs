//! How much memory this process holds.

use std::io;

/// The resident memory of this process, in bytes, as Linux counts it.
pub(crate) fn resident_bytes() -> io::Result<i64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<i64>().ok());
    kib.map(|kib| kib * 1024).ok_or_else(|| io::Error::other("the system does not say what memory is in use"))
}
