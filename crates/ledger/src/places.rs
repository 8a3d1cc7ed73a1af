//! Places in the log where reading can begin, so that nobody reads all of it to see its end.

use crate::Cursor;

/// One place in so many entries is kept: 160 KB for ten million entries.
const EVERY: u64 = 1_000;

/// Places at which somebody was who read the log from its beginning.
#[derive(Clone, Debug, Default)]
pub struct Places(Vec<Cursor>);

impl Places {
    /// Keeps a place that was reached, if the last one is far enough behind it.
    pub fn reach(&mut self, place: Cursor) {
        if place.index >= self.last().index + EVERY {
            self.0.push(place);
        }
    }

    /// The last place at or before this entry.
    pub(crate) fn before(&self, index: u64) -> Cursor {
        let later = self.0.partition_point(|place| place.index <= index);
        later.checked_sub(1).map_or_else(Cursor::default, |at| self.0[at])
    }

    fn last(&self) -> Cursor {
        self.before(u64::MAX)
    }
}

#[cfg(test)]
impl From<Vec<Cursor>> for Places {
    fn from(places: Vec<Cursor>) -> Self {
        Self(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(index: u64) -> Cursor {
        Cursor { index, offset: index * 100 }
    }

    #[test]
    fn reading_begins_at_the_last_place_before() {
        let mut places = Places::default();
        for index in [400, 1_000, 1_400, 2_100] {
            places.reach(at(index));
        }
        assert_eq!(places.before(999), Cursor::default());
        assert_eq!((places.before(1_000), places.before(2_099)), (at(1_000), at(1_000)));
        assert_eq!(places.before(u64::MAX), at(2_100));
    }
}
