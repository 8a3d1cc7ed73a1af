//! Telling what a crash leaves behind from what was changed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use serde::de::IgnoredAny;

use crate::entry::{LENGTH, MAX_ENTRY};

/// The length of the rest of the file from `offset` if a crash or a writer at work explains it: the beginning of one
/// entry, pages that were never written, or both. None when it is anything else: then entries that counted may be in it.
pub(crate) fn torn_tail(mut file: File, offset: u64) -> io::Result<Option<u64>> {
    let len = file.metadata()?.len().saturating_sub(offset);
    file.seek(SeekFrom::Start(offset))?;
    let mut head = Vec::new();
    file.by_ref().take((LENGTH + MAX_ENTRY) as u64).read_to_end(&mut head)?;
    let explained = is_torn(&head) && only_zeros(&mut file)?;
    Ok(explained.then_some(len))
}

/// Whether the bytes are the beginning of one entry, not a whole one, and then perhaps zeros.
fn is_torn(bytes: &[u8]) -> bool {
    let written = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    let json = bytes[..written].get(LENGTH..).unwrap_or_default();
    let first = serde_json::Deserializer::from_slice(json).into_iter::<IgnoredAny>().next();
    match first {
        None => true,
        Some(Ok(_)) => false,
        Some(Err(error)) => json.starts_with(b"{") && error.is_eof(),
    }
}

fn only_zeros(file: &mut File) -> io::Result<bool> {
    let mut buffer = [0; 8192];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok(true);
        }
        if buffer[..read].iter().any(|&byte| byte != 0) {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &[u8] = b"\x00\x0d{\"event\":\"x\"}";

    #[test]
    fn every_beginning_of_an_entry_is_torn_with_or_without_unwritten_pages() {
        for len in 0..ENTRY.len() {
            assert!(is_torn(&ENTRY[..len]), "{len}");
            assert!(is_torn(&[&ENTRY[..len], &[0; 100]].concat()), "{len}");
        }
    }

    #[test]
    fn a_whole_entry_behind_a_wrong_length_is_not_torn() {
        assert!(!is_torn(&[b"\x80\x0d", &ENTRY[2..]].concat()));
        assert!(!is_torn(&[b"\x80\x0d", &ENTRY[2..], ENTRY].concat()));
    }

    #[test]
    fn anything_else_is_not_torn() {
        assert!(!is_torn(b"\x00\x0dhello"));
        assert!(!is_torn(b"\x00\x0d{\"event\":!"));
        assert!(!is_torn(b"\x00\x0d{\"event\":\x00\x00\"x\"}"));
    }
}
