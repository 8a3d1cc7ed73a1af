//! Reading entries beside the writer: the last ones, new ones, those of one request.

use std::collections::VecDeque;
use std::path::Path;

use keyward_policy::RequestId;

use crate::entry::{Entries, Found};
use crate::files::{self, failed};
use crate::{Entry, EntryIndex, Error, Places};

/// No answer holds more entries than this.
pub const MAX_RESULTS: usize = 10_000;
/// A search ends when it has read so many entries: some 100 MB of the log, less than a second.
const SEARCH_MAX: u64 = 200_000;

/// A place between two entries: where to read on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) index: u64,
    pub(crate) offset: u64,
}

impl Cursor {
    /// How many entries lie before it.
    pub fn index(self) -> u64 {
        self.index
    }
}

/// What to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Find {
    /// The entry at this place.
    Index(EntryIndex),
    /// The entries of this request, the oldest first: its intent and its outcome, or its one entry.
    Request(RequestId),
}

/// The last `count` entries, the oldest first, and where to read on for newer ones.
///
/// # Errors
/// [`Error::Io`].
pub fn tail(dir: &Path, count: usize) -> Result<(Vec<Entry>, Cursor), Error> {
    let mut last = VecDeque::new();
    let end = each(dir, Cursor::default(), |index, json| {
        last.push_back(entry(index, json));
        if last.len() > count.min(MAX_RESULTS) {
            last.pop_front();
        }
        Ok(true)
    })?;
    Ok((last.into(), end))
}

/// What a search found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Searched {
    /// The entries, the oldest first.
    pub entries: Vec<Entry>,
    /// Where a search for older ones has to begin; none at the log's beginning.
    pub older: Option<EntryIndex>,
}

/// The last `count` entries that are wanted; only those before the entry `before`, where one is named. What is wanted is
/// told from an entry's JSON.
///
/// Reads from the end, as far as `places` lie; and some [`SEARCH_MAX`] entries, whatever it found in them: whoever looks for
/// more goes on from [`Searched::older`].
///
/// # Errors
/// [`Error::Io`].
pub fn search(
    dir: &Path,
    places: &Places,
    before: Option<EntryIndex>,
    count: usize,
    wanted: impl Fn(&str) -> bool,
) -> Result<Searched, Error> {
    let count = count.min(MAX_RESULTS);
    let mut found = VecDeque::new();
    let mut before = before.map_or(u64::MAX, |before| before.0);
    let mut read = 0;
    while before > 0 && found.len() < count && read < SEARCH_MAX {
        let from = places.before(before - 1);
        let (block, end) = block(dir, from, before, &wanted)?;
        block.into_iter().rev().take(count - found.len()).for_each(|entry| found.push_front(entry));
        read += end.index - from.index;
        before = from.index;
    }
    let oldest = found.front().filter(|_| found.len() == count).map_or(before, |entry| entry.index.0);
    let older = Some(oldest).filter(|oldest| *oldest > 0).map(EntryIndex);
    Ok(Searched { entries: found.into(), older })
}

/// What is wanted of the entries from one place on and before another.
fn block(
    dir: &Path,
    from: Cursor,
    before: u64,
    wanted: impl Fn(&str) -> bool,
) -> Result<(Vec<Entry>, Cursor), Error> {
    let mut found = Vec::new();
    let end = each(dir, from, |index, json| {
        let is_here = index < before;
        if is_here && str::from_utf8(json).is_ok_and(&wanted) {
            found.push(entry(index, json));
        }
        Ok(is_here)
    })?;
    Ok((found, end))
}

/// The entries from `cursor` on, at most `count`, and where to read on.
///
/// # Errors
/// [`Error::Io`].
pub fn read_on(dir: &Path, cursor: Cursor, count: usize) -> Result<(Vec<Entry>, Cursor), Error> {
    let count = count.min(MAX_RESULTS);
    let mut entries = Vec::new();
    let end = each(dir, cursor, |index, json| {
        let room = entries.len() < count;
        if room {
            entries.push(entry(index, json));
        }
        Ok(room)
    })?;
    Ok((entries, end))
}

/// The entries that fit, at most [`MAX_RESULTS`]; none when there are none.
///
/// # Errors
/// [`Error::Io`].
pub fn find(dir: &Path, places: &Places, what: Find) -> Result<Vec<Entry>, Error> {
    match what {
        Find::Index(index) => find_index(dir, places.before(index.0), index),
        Find::Request(id) => find_request(dir, id),
    }
}

fn find_index(dir: &Path, from: Cursor, wanted: EntryIndex) -> Result<Vec<Entry>, Error> {
    let mut found = Vec::new();
    each(dir, from, |index, json| {
        if index == wanted.0 {
            found.push(entry(index, json));
        }
        Ok(index < wanted.0)
    })?;
    Ok(found)
}

fn find_request(dir: &Path, id: RequestId) -> Result<Vec<Entry>, Error> {
    let member = format!("\"request\":\"{id}\"");
    let mut found = Vec::new();
    each(dir, Cursor::default(), |index, json| {
        if str::from_utf8(json).is_ok_and(|json| json.contains(&member)) {
            found.push(entry(index, json));
        }
        Ok(found.len() < MAX_RESULTS)
    })?;
    Ok(found)
}

fn entry(index: u64, json: &[u8]) -> Entry {
    Entry { index: EntryIndex(index), json: json.to_vec() }
}

/// Shows the entries from `from` on until `wants` says no; that one counts as unread. What the writer is about to
/// finish, or what is no entry, ends the reading too: [`verify()`](crate::verify()) tells these apart.
pub(crate) fn each(
    dir: &Path,
    from: Cursor,
    mut wants: impl FnMut(u64, &[u8]) -> Result<bool, Error>,
) -> Result<Cursor, Error> {
    let path = files::entries(dir);
    let entries = Entries::from(files::open_to_read(dir)?, from.index, from.offset);
    let mut entries = entries.map_err(failed(&path, "read"))?;
    loop {
        let here = Cursor { index: entries.index(), offset: entries.offset() };
        match entries.next().map_err(failed(&path, "read"))? {
            Found::Entry(json) if wants(here.index, json)? => {}
            _ => return Ok(here),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{bytes, intent, log_of, open, outcome, request};

    fn indices(entries: &[Entry]) -> Vec<u64> {
        entries.iter().map(|entry| entry.index.0).collect()
    }

    #[test]
    fn the_last_entries_come_in_order_and_reading_goes_on_from_there() {
        let (dir, _) = log_of(10, &[]);
        let (last, end) = tail(dir.path(), 3).unwrap();
        assert_eq!(indices(&last), [7, 8, 9]);
        assert_eq!(last[2].json, bytes(&outcome(9)));
        assert_eq!(read_on(dir.path(), end, 5).unwrap(), (Vec::new(), end));
        let ledger = open(dir.path());
        (10..17).for_each(|n| ledger.record(&outcome(n)).unwrap());
        ledger.close().unwrap();
        let (new, end) = read_on(dir.path(), end, 5).unwrap();
        assert_eq!(indices(&new), [10, 11, 12, 13, 14]);
        assert_eq!(indices(&read_on(dir.path(), end, 5).unwrap().0), [15, 16]);
    }

    #[test]
    fn a_short_or_empty_log_has_what_it_has() {
        assert_eq!(indices(&tail(log_of(2, &[]).0.path(), 5).unwrap().0), [0, 1]);
        assert_eq!(indices(&tail(log_of(2, &[]).0.path(), 0).unwrap().0), [0; 0]);
        assert_eq!(indices(&tail(log_of(0, &[]).0.path(), 5).unwrap().0), [0; 0]);
        assert!(tail(Path::new("/nonexistent"), 5).is_err());
    }

    #[test]
    fn a_search_gives_the_last_that_are_wanted_before_a_place_wherever_reading_begins() {
        let (dir, _) = log_of(10, &[]);
        for every in [1, 3, 20] {
            let places = places(dir.path(), every);
            let last = |before: Option<u64>, count| {
                let wanted = |json: &str| !json.contains(&request(5).to_string());
                let found = search(dir.path(), &places, before.map(EntryIndex), count, wanted).unwrap();
                (indices(&found.entries), found.older.map(|older| older.0))
            };
            assert_eq!(last(None, 3), (vec![7, 8, 9], Some(7)));
            assert_eq!(last(Some(7), 3), (vec![3, 4, 6], Some(3)));
            assert_eq!(last(Some(2), 3), (vec![0, 1], None));
            assert_eq!(last(Some(0), 3), (vec![], None));
        }
    }

    /// What somebody knows who stopped after so many entries each time.
    fn places(dir: &Path, every: usize) -> Places {
        let mut ends = vec![Cursor::default()];
        while let (entries, end) = read_on(dir, ends[ends.len() - 1], every).unwrap()
            && entries.len() == every
        {
            ends.push(end);
        }
        Places::from(ends)
    }

    #[test]
    fn entries_are_found_by_place_and_by_request() {
        let (dir, _) = log_of(0, &[]);
        let ledger = open(dir.path());
        [intent(1), intent(2), outcome(1)].iter().for_each(|event| ledger.record(event).unwrap());
        ledger.close().unwrap();
        let found = |what| indices(&find(dir.path(), &Places::default(), what).unwrap());
        assert_eq!(found(Find::Request(request(1))), [0, 2]);
        assert_eq!(found(Find::Request(request(3))), [0; 0]);
        assert_eq!(found(Find::Index(EntryIndex(1))), [1]);
        assert_eq!(found(Find::Index(EntryIndex(3))), [0; 0]);
    }
}
