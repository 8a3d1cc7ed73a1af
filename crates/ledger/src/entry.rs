//! Entries: one JSON object each, behind its length.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use keyward_policy::Event;
use serde::Serialize;

use crate::Error;

/// The longest entry, in bytes: its length is written as a big-endian u16 (C2SP tlog-tiles, "Log entries").
pub const MAX_ENTRY: usize = u16::MAX as usize;
/// The bytes of the length.
pub(crate) const LENGTH: usize = 2;

/// The place of an entry in the log, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct EntryIndex(pub u64);

impl fmt::Display for EntryIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An entry as it was read from the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub index: EntryIndex,
    /// Its bytes: one JSON object. These exact bytes are what the tree hashes.
    pub json: Vec<u8>,
}

/// The event as an entry, behind its length.
pub(crate) fn framed(event: &Event<'_>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(1024); // most entries fit
    bytes.extend_from_slice(&[0; LENGTH]);
    serde_json::to_writer(&mut bytes, event).map_err(Error::Unserialisable)?;
    let len = bytes.len() - LENGTH;
    let prefix = u16::try_from(len).map_err(|_| Error::TooLong(len))?;
    bytes[..LENGTH].copy_from_slice(&prefix.to_be_bytes());
    Ok(bytes)
}

/// The entries in a buffer that [`framed`] filled.
pub(crate) fn unframed(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = bytes.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        bytes = rest;
        Some(entry)
    })
}

/// What [`Entries::next`] found.
pub(crate) enum Found<'a> {
    /// The next entry.
    Entry(&'a [u8]),
    /// The end of the file, exactly behind an entry.
    End,
    /// Bytes that are no entry: the rest of the file from here is unreadable.
    NoEntry,
}

/// Reads the entries of a file one after the other.
pub(crate) struct Entries {
    file: BufReader<File>,
    offset: u64,
    index: u64,
    entry: Vec<u8>,
}

impl Entries {
    /// Starts at the entry `index`, which lies at `offset`.
    pub(crate) fn from(mut file: File, index: u64, offset: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { file: BufReader::with_capacity(1 << 20, file), offset, index, entry: Vec::new() })
    }

    /// How many entries lie before the reader.
    pub(crate) fn index(&self) -> u64 {
        self.index
    }

    /// How many bytes lie before the reader.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The file, to look at what is not an entry.
    pub(crate) fn into_file(self) -> File {
        self.file.into_inner()
    }

    pub(crate) fn next(&mut self) -> io::Result<Found<'_>> {
        let mut length = [0; LENGTH];
        match read_up_to(&mut self.file, &mut length)? {
            0 => return Ok(Found::End),
            LENGTH => {}
            _ => return Ok(Found::NoEntry),
        }
        self.entry.resize(u16::from_be_bytes(length).into(), 0);
        let read = read_up_to(&mut self.file, &mut self.entry)?;
        if read < self.entry.len() || !is_object(&self.entry) {
            return Ok(Found::NoEntry);
        }
        self.offset += (LENGTH + read) as u64;
        self.index += 1;
        Ok(Found::Entry(&self.entry))
    }
}

/// Whether the bytes can be an entry at all. A length that was changed, or a page that was never written, shows here.
fn is_object(entry: &[u8]) -> bool {
    entry.first() == Some(&b'{') && entry.last() == Some(&b'}')
}

/// Fills `buffer` as far as the file reaches.
fn read_up_to(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{intent, outcome};
    use keyward_policy::{OrderFact, What};

    #[test]
    fn what_is_framed_one_after_the_other_comes_back() {
        let [one, two] = [intent(1), outcome(2)].map(|event| framed(&event).unwrap());
        let both = [one.clone(), two.clone()].concat();
        assert_eq!(unframed(&both).collect::<Vec<_>>(), [&one[LENGTH..], &two[LENGTH..]]);
    }

    #[test]
    fn an_event_that_does_not_fit_is_refused_and_not_cut() {
        let mut event = intent(1);
        if let What::Intent(sent) = &mut event.what {
            sent.request.facts = vec![OrderFact::default(); 40_000];
        }
        assert!(matches!(framed(&event), Err(Error::TooLong(len)) if len > MAX_ENTRY));
    }
}
