//! For tests: marks in memory, as the database keeps them, which may fall silent or refuse.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use parking_lot::Mutex;
use tokio::sync::oneshot;

use super::{CannotReserve, ReserveNonces, Reserving, Wanted};

/// How far the nonces of each real key may have been used, and who waits for an answer.
#[derive(Default)]
pub(crate) struct Marks(Mutex<Table>);

/// Where a block is waited for.
type Answer = oneshot::Sender<Result<RangeInclusive<u64>, CannotReserve>>;

#[derive(Default)]
struct Table {
    marks: HashMap<Box<str>, u64>,
    mood: Mood,
    asked: usize,
    unanswered: Vec<(Wanted, Answer)>,
}

/// How the database is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Well,
    Silent,
    Refusing,
}

impl Marks {
    pub(crate) fn are(&self, mood: Mood) {
        self.0.lock().mood = mood;
    }

    /// How often a block was asked for.
    pub(crate) fn asked(&self) -> usize {
        self.0.lock().asked
    }

    /// Answers whoever still waits.
    pub(crate) fn answer_all(&self) {
        let mut table = self.0.lock();
        for (wanted, answer) in std::mem::take(&mut table.unanswered) {
            drop(answer.send(Ok(table.reserve(wanted))));
        }
    }
}

impl Table {
    fn reserve(&mut self, wanted: Wanted) -> RangeInclusive<u64> {
        let mark = self.marks.entry(wanted.api_key).or_default();
        let first = *mark + 1;
        *mark = wanted.through.max(*mark + u64::from(wanted.at_least));
        first..=*mark
    }
}

impl ReserveNonces for Marks {
    fn reserve(&self, wanted: Wanted) -> Reserving {
        let (answer, coming) = oneshot::channel();
        let mut table = self.0.lock();
        table.asked += 1;
        match table.mood {
            Mood::Silent => table.unanswered.push((wanted, answer)),
            Mood::Refusing => drop(answer.send(Err(CannotReserve("it refuses".to_owned())))),
            Mood::Well => drop(answer.send(Ok(table.reserve(wanted)))),
        }
        coming
    }
}
