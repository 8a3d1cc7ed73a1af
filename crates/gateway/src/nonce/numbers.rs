//! The rule of nonces, pure: the next is the number that stands for now, or one more than the last, whichever is higher,
//! and never one that is not reserved.

use std::ops::RangeInclusive;

/// A block has at least so many. Enough for an exchange that takes some hundred requests a second of one key, few enough
/// to stay close to the clock.
pub(super) const AT_LEAST: u32 = 10_000;

/// What may be drawn: all that is above `last`, up to and with `through`. At first nothing.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    last: u64,
    through: u64,
}

impl Numbers {
    /// The next nonce at a time when `now` stands for the time; none where that is not reserved.
    pub(super) fn draw(&mut self, now: u64) -> Option<u64> {
        let next = now.max(self.last.saturating_add(1));
        if next > self.through || next == self.last {
            return None;
        }
        self.last = next;
        Some(next)
    }

    /// Whether the next block should be asked for: `soon` stands for a time by which it must be there.
    pub(super) fn are_low(&self, soon: u64) -> bool {
        let soon = soon.max(self.last.saturating_add(u64::from(AT_LEAST / 2)));
        self.through < soon
    }

    /// Adds a block. What lies between it and the one before may have been used by others, or by this process before it
    /// started again, so that nothing below the block is drawn any more.
    pub(super) fn add(&mut self, block: &RangeInclusive<u64>) {
        let below = block.start().saturating_sub(1);
        if below != self.through {
            self.last = self.last.max(below);
        }
        self.through = self.through.max(*block.end());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(blocks: &[RangeInclusive<u64>]) -> Numbers {
        let mut numbers = Numbers::default();
        blocks.iter().for_each(|block| numbers.add(block));
        numbers
    }

    #[test]
    fn a_nonce_is_the_time_or_one_more_than_the_last() {
        let mut numbers = numbers(&[1..=1_000]);
        assert_eq!([500, 500, 400, 0, 700].map(|now| numbers.draw(now)), [500, 501, 502, 503, 700].map(Some));
    }

    #[test]
    fn nothing_is_drawn_that_is_not_reserved() {
        let mut numbers = numbers(&[1..=10]);
        assert_eq!([11, 10, 10].map(|now| numbers.draw(now)), [None, Some(10), None]);
        assert_eq!(Numbers::default().draw(0), None);
        numbers.add(&(11..=20));
        assert_eq!(numbers.draw(0), Some(11));
    }

    #[test]
    fn after_a_start_the_first_nonce_lies_above_all_that_may_have_been_used() {
        assert_eq!(numbers(&[5_001..=9_000]).draw(4_000), Some(5_001));
    }

    #[test]
    fn what_others_reserved_in_between_is_left_to_them() {
        let mut numbers = numbers(&[1..=100, 201..=300]);
        assert_eq!(numbers.draw(50), Some(201));
    }

    #[test]
    fn the_end_of_all_numbers_is_the_end() {
        let mut numbers = numbers(&[1..=u64::MAX]);
        assert_eq!([u64::MAX, u64::MAX, 0].map(|now| numbers.draw(now)), [Some(u64::MAX), None, None]);
    }

    #[test]
    fn the_next_block_is_asked_for_before_this_one_is_used_up() {
        let block = u64::from(AT_LEAST) * 4;
        let mut numbers = numbers(&[1..=block]);
        assert!(!numbers.are_low(block) && numbers.are_low(block + 1));
        numbers.draw(block - u64::from(AT_LEAST / 2));
        assert!(!numbers.are_low(0));
        numbers.draw(0);
        assert!(numbers.are_low(0), "the clock went back, and half of a small block is left");
    }

    /// What can happen to a process in its life.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Draw(u64),
        Reserve {
            through: u64,
        },
        /// It dies, and only the blocks are remembered.
        Die,
        /// Somebody else reserves a block.
        Other {
            through: u64,
        },
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            8 => (0..5_000_u64).prop_map(Step::Draw),
            3 => (0..5_000_u64).prop_map(|through| Step::Reserve { through }),
            1 => Just(Step::Die),
            1 => (0..5_000_u64).prop_map(|through| Step::Other { through }),
        ];
        prop::collection::vec(step, 1..200)
    }

    /// The next block above all before, as the database has it.
    fn reserve(mark: &mut u64, through: u64) -> RangeInclusive<u64> {
        let first = *mark + 1;
        *mark = through.max(*mark + 10);
        first..=*mark
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_happens_to_the_clock_and_the_process_nonces_rise_and_are_reserved(steps in steps()) {
            let (mut numbers, mut mark, mut drawn) = (Numbers::default(), 0, Vec::new());
            for step in steps {
                match step {
                    Step::Draw(now) => drawn.extend(numbers.draw(now)),
                    Step::Reserve { through } => numbers.add(&reserve(&mut mark, through)),
                    Step::Die => numbers = Numbers::default(),
                    Step::Other { through } => drop(reserve(&mut mark, through)),
                }
                prop_assert!(drawn.last().is_none_or(|last| *last <= mark));
            }
            prop_assert!(drawn.is_sorted_by(|one, next| one < next), "{drawn:?}");
        }
    }
}
