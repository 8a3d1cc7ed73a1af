//! The seconds whose signatures are no longer remembered, whichever way the clock goes.

/// Spans told apart at most; beyond it those that lie closest become one. What lies between two spans was not used, and
/// may lie ahead: a clock that jumped forth a few times and came back would otherwise cost the time in between as well.
const SPANS_MAX: usize = 32;

/// Seconds since the epoch that were remembered and had to make room. A signature that is good until one of them may
/// have been used already, so it is never accepted again, even when the clock is set back to before its end.
#[derive(Default)]
pub(super) struct Forgotten {
    /// First and last second of each span, in order.
    spans: Vec<(u64, u64)>,
}

impl Forgotten {
    pub(super) fn holds(&self, second: u64) -> bool {
        self.spans.iter().any(|&(first, last)| (first..=last).contains(&second))
    }

    /// Its spans, in order.
    pub(super) fn spans(&self) -> impl Iterator<Item = (u64, u64)> {
        self.spans.iter().copied()
    }

    /// Adds the seconds of a span, its first and its last among them.
    pub(super) fn add(&mut self, span: (u64, u64)) {
        let at = self.spans.partition_point(|&(first, _)| first <= span.0);
        self.spans.insert(at, span);
        self.join(|gap| gap <= 1);
        if self.spans.len() > SPANS_MAX {
            let closest = self.gaps().min().unwrap_or_default();
            self.join(|gap| gap <= closest);
        }
    }

    fn gaps(&self) -> impl Iterator<Item = u64> {
        self.spans.windows(2).map(|two| two[1].0.saturating_sub(two[0].1))
    }

    fn join(&mut self, near: impl Fn(u64) -> bool) {
        self.spans.dedup_by(|later, earlier| {
            let joined = near(later.0.saturating_sub(earlier.1));
            if joined {
                earlier.1 = earlier.1.max(later.1);
            }
            joined
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seconds: impl IntoIterator<Item = u64>) -> Forgotten {
        let mut forgotten = Forgotten::default();
        seconds.into_iter().for_each(|second| forgotten.add((second, second)));
        forgotten
    }

    #[test]
    fn seconds_in_a_row_are_one_span() {
        let forgotten = of((1_000..2_000).chain([1_500, 2_000]));
        assert_eq!(forgotten.spans, [(1_000, 2_000)]);
        assert!(forgotten.holds(2_000) && !forgotten.holds(999) && !forgotten.holds(2_001));
    }

    #[test]
    fn what_lies_between_two_jumps_is_not_forgotten() {
        let forgotten = of([1_070, 1_085, 1_100]);
        assert!(!forgotten.holds(1_071) && !forgotten.holds(1_090));
    }

    #[test]
    fn an_hour_that_the_clock_skipped_is_not_forgotten() {
        let forgotten = of([4_600, 4_601, 1_000, 1_001]);
        assert_eq!(forgotten.spans, [(1_000, 1_001), (4_600, 4_601)]);
        assert!(!forgotten.holds(2_000));
    }

    #[test]
    fn there_are_few_spans_and_none_is_lost() {
        let seconds: Vec<_> = (0..100).map(|n| n * n * 100).collect();
        let forgotten = of(seconds.iter().copied());
        assert!(forgotten.spans.len() <= SPANS_MAX, "{:?}", forgotten.spans);
        assert!(seconds.iter().all(|&second| forgotten.holds(second)));
    }
}
