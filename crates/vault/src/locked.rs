//! Memory for secrets: pages that are kept out of swap and core dumps, and wiped before they are given back.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;
use zeroize::Zeroize;

use crate::Error;

/// Bytes on pages of their own. The one place where secrets live; nothing can print or copy it.
pub(crate) struct Locked {
    map: MmapMut,
    is_locked: bool,
}

impl Locked {
    /// Zeros, on fresh pages.
    ///
    /// Where the kernel refuses to lock them (`RLIMIT_MEMLOCK`) the pages are used all the same, because refusing to
    /// trade would not make the swap any safer; [`Self::is_locked`] says so.
    pub(crate) fn new(len: usize) -> Result<Self, Error> {
        let map = MmapMut::map_anon(len).map_err(|_| Error::OutOfMemory)?;
        exclude_from_dumps(&map);
        let is_locked = map.lock().is_ok();
        Ok(Self { map, is_locked })
    }

    /// Whether the pages are certain to stay out of the swap.
    pub(crate) fn is_locked(&self) -> bool {
        self.is_locked
    }
}

impl Deref for Locked {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.map
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        self.map.zeroize();
    }
}

/// Best effort: a kernel without `MADV_DONTDUMP` still locks and wipes.
#[cfg(target_os = "linux")]
fn exclude_from_dumps(map: &MmapMut) {
    let _ = map.advise(memmap2::Advice::DontDump);
}

#[cfg(not(target_os = "linux"))]
fn exclude_from_dumps(_: &MmapMut) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel says about the mapping that holds `bytes`: the `VmFlags` line of its `smaps` entry.
    #[cfg(target_os = "linux")]
    fn kernel_flags(bytes: &[u8]) -> String {
        let at = bytes.as_ptr() as usize;
        let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut inside = false;
        for line in smaps.lines() {
            let range = line.split(' ').next().and_then(|range| range.split_once('-'));
            if let Some((from, to)) = range
                && let (Ok(from), Ok(to)) = (usize::from_str_radix(from, 16), usize::from_str_radix(to, 16))
            {
                inside = (from..to).contains(&at);
            }
            if inside && line.starts_with("VmFlags:") {
                return line.to_owned();
            }
        }
        panic!("the mapping is not in smaps");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_kernel_confirms_that_the_pages_are_locked_and_not_dumped() {
        let page = Locked::new(4096).unwrap();
        let flags = kernel_flags(&page);
        assert!(flags.contains(" dd"), "{flags}");
        assert_eq!(flags.contains(" lo"), page.is_locked(), "{flags}");
    }
}
