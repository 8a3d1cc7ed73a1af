//! Counts by the hour, of the last two days.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::entry::Outcome;

/// How many hours are kept.
const KEPT: usize = 48;
const HOUR_S: i64 = 3_600;

/// Counts of the hours in which there were any, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct Hours(VecDeque<Hour>);

/// What happened in one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Hour {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Requests that were allowed.
    pub allowed: u64,
    /// Requests that were refused.
    pub refused: u64,
}

impl Hours {
    /// Counts one request. The log's entries come in the order of time, but for a clock that was set back: then they count
    /// for the latest hour.
    pub(super) fn count(&mut self, at: Timestamp, outcome: Outcome) {
        let from = beginning(at);
        if self.0.back().is_none_or(|last| last.from < from) {
            self.0.push_back(Hour { from, allowed: 0, refused: 0 });
        }
        if self.0.len() > KEPT {
            self.0.pop_front();
        }
        if let Some(last) = self.0.back_mut() {
            match outcome {
                Outcome::Allowed => last.allowed += 1,
                Outcome::Refused => last.refused += 1,
            }
        }
    }

    /// Counts what others counted.
    pub(super) fn add(&mut self, others: &Self) {
        for other in &others.0 {
            let at = self.0.partition_point(|hour| hour.from < other.from);
            match self.0.get_mut(at).filter(|hour| hour.from == other.from) {
                Some(hour) => {
                    hour.allowed += other.allowed;
                    hour.refused += other.refused;
                }
                None => self.0.insert(at, *other),
            }
        }
    }

    /// The last two days, those hours too in which nothing happened.
    pub fn until(&self, now: Timestamp) -> Vec<Hour> {
        let last_s = beginning(now).as_second();
        let hour = |back: i64| {
            let from = Timestamp::from_second(last_s - back * HOUR_S).unwrap_or(now);
            let known = self.0.iter().find(|hour| hour.from == from).copied();
            known.unwrap_or(Hour { from, allowed: 0, refused: 0 })
        };
        (0..KEPT as i64).rev().map(hour).collect()
    }
}

fn beginning(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second().div_euclid(HOUR_S) * HOUR_S).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 / HOUR_S * HOUR_S + hour * HOUR_S + 59).unwrap()
    }

    #[test]
    fn hours_of_several_are_added_up() {
        let counted = |hours: [i64; 2]| {
            let mut counts = Hours::default();
            hours.into_iter().for_each(|hour| counts.count(at(hour), Outcome::Allowed));
            counts
        };
        let mut one = counted([1, 3]);
        one.add(&counted([2, 3]));
        let counts: Vec<_> = one.until(at(3)).iter().rev().take(3).map(|hour| hour.allowed).collect();
        assert_eq!(counts, [2, 1, 1]);
    }

    #[test]
    fn two_days_are_kept_and_empty_hours_are_shown() {
        let mut hours = Hours::default();
        for hour in [0, 1, 1, 60, 59] {
            hours.count(at(hour), Outcome::Allowed);
        }
        let shown = hours.until(at(60));
        assert_eq!(shown.len(), 48);
        assert_eq!(shown.last().unwrap().allowed, 2, "a clock that was set back");
        assert_eq!(shown.iter().map(|hour| hour.allowed).sum::<u64>(), 2);
    }
}
