//! The supply of one real key: what may be drawn, and the next block, asked for while there is still enough.

use std::ops::RangeInclusive;
use std::time::Duration;

use keyward_dialect::Dialect;
use keyward_policy::Clock;
use tokio::sync::oneshot::error::TryRecvError;
use tokio::time::timeout;

use super::numbers::{AT_LEAST, Numbers};
use super::{CannotReserve, ReserveNonces, Reserving, Wanted};
use crate::carry::micros;

/// A block reaches so far ahead of the clock. After a crash the nonces run ahead of it by at most this; a database that
/// is gone is survived for at least the time between this and [`LOW_US`].
const AHEAD_US: u64 = 60_000_000;
/// When a block ends sooner than this, the next one is asked for.
const LOW_US: u64 = 30_000_000;

/// What one real key may still draw.
#[derive(Debug, Default)]
pub(super) struct Supply {
    numbers: Numbers,
    coming: Option<Reserving>,
}

/// Whose nonces are drawn, and with what.
#[derive(Clone, Copy)]
pub(super) struct Source<'s> {
    pub(super) dialect: &'static dyn Dialect,
    pub(super) api_key: &'s str,
    pub(super) clock: &'s dyn Clock,
    pub(super) reserve: &'s dyn ReserveNonces,
    /// Until a block is durable.
    pub(super) wait: Duration,
}

impl Supply {
    /// Draws the next nonce. The database is waited for only where nothing is left: at the first request after a start
    /// or a long pause, or when it was gone for long. What comes later than that is kept for the next.
    ///
    /// # Errors
    /// [`CannotReserve`]: nothing is left, and no block came in time.
    pub(super) async fn draw(&mut self, source: Source<'_>) -> Result<u64, CannotReserve> {
        self.take_in();
        self.ask_ahead(source);
        // Twice: a block that was asked for long ago may not reach the present time.
        for _ in 0..2 {
            if let Some(nonce) = self.numbers.draw(source.number_in(0)) {
                return Ok(nonce);
            }
            self.wait(source.wait).await?;
            self.ask_ahead(source);
        }
        let short = || CannotReserve("what is reserved does not reach the present time".to_owned());
        self.numbers.draw(source.number_in(0)).ok_or_else(short)
    }

    /// Takes in a block that has come meanwhile.
    fn take_in(&mut self) {
        if let Some(coming) = &mut self.coming {
            match coming.try_recv() {
                Err(TryRecvError::Empty) => {}
                came => drop(self.came(came.unwrap_or_else(|_| Err(forgotten())))),
            }
        }
    }

    fn ask_ahead(&mut self, source: Source<'_>) {
        if self.coming.is_none() && self.numbers.are_low(source.number_in(LOW_US)) {
            self.coming = Some(source.reserve.reserve(Wanted {
                dialect: source.dialect.name(),
                api_key: source.api_key.into(),
                through: source.number_in(AHEAD_US),
                at_least: AT_LEAST,
            }));
        }
    }

    /// A caller that gives up meanwhile leaves everything as it was: the block is still coming.
    async fn wait(&mut self, wait: Duration) -> Result<(), CannotReserve> {
        let Some(coming) = &mut self.coming else { return Ok(()) };
        let late = |_| CannotReserve("the database did not answer in time".to_owned());
        let came = timeout(wait, coming).await.map_err(late)?;
        self.came(came.unwrap_or_else(|_| Err(forgotten())))
    }

    fn came(&mut self, came: Result<RangeInclusive<u64>, CannotReserve>) -> Result<(), CannotReserve> {
        self.coming = None;
        match came {
            Ok(block) => self.numbers.add(&block),
            Err(error) => {
                tracing::warn!(%error, "the next nonces are asked for again with the next request");
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Source<'_> {
    /// What stands for the time in so many microseconds. Lanes are only for dialects that have such numbers.
    fn number_in(&self, ahead_us: u64) -> u64 {
        let then_us = micros(self.clock.now()).saturating_add(ahead_us);
        self.dialect.nonce_at(then_us).unwrap_or_default()
    }
}

fn forgotten() -> CannotReserve {
    CannotReserve("Keyward is stopping".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicI64;

    use jiff::Timestamp;

    use super::*;
    use crate::fixture::Hand;
    use crate::nonce::marks::{Marks, Mood};

    const START_US: i64 = 1_800_000_000_000_000;

    struct Desk {
        clock: Hand,
        marks: Marks,
        supply: Supply,
    }

    impl Desk {
        fn new() -> Self {
            let clock = Hand(AtomicI64::new(START_US));
            Self { clock, marks: Marks::default(), supply: Supply::default() }
        }

        async fn draw(&mut self) -> Result<u64, CannotReserve> {
            let dialect = keyward_dialect::named("kraken").unwrap();
            let (clock, reserve) = (&self.clock, &self.marks);
            let wait = Duration::from_millis(20);
            self.supply.draw(Source { dialect, api_key: "real", clock, reserve, wait }).await
        }

        fn now(&self) -> u64 {
            keyward_dialect::named("kraken").unwrap().nonce_at(micros(self.clock.now())).unwrap()
        }

        /// The process dies; what the database holds is all that is left.
        fn die(&mut self) {
            self.supply = Supply::default();
        }
    }

    #[tokio::test]
    async fn a_nonce_is_the_time_in_the_unit_of_the_exchange() {
        let mut desk = Desk::new();
        assert_eq!(desk.draw().await, Ok(desk.now()));
        desk.clock.pass_ms(5);
        assert_eq!(desk.draw().await, Ok(desk.now()));
        assert_eq!(desk.marks.asked(), 1);
    }

    #[tokio::test]
    async fn a_crash_costs_a_minute_of_nonces_and_brings_none_back() {
        let mut desk = Desk::new();
        let before = desk.draw().await.unwrap();
        desk.die();
        assert_eq!(desk.draw().await, Ok(before + AHEAD_US * 1_000 + 1));
        for _ in 0..100 {
            desk.die();
            desk.draw().await.unwrap();
        }
        let lead = desk.draw().await.unwrap() - desk.now();
        assert!(lead < (AHEAD_US + 100_000) * 1_000, "a hundred crashes lead {lead} ns ahead of the clock");
    }

    #[tokio::test]
    async fn a_clock_that_goes_back_by_hours_neither_lowers_nor_repeats_a_nonce() {
        let mut desk = Desk::new();
        let mut last = desk.draw().await.unwrap();
        desk.clock.pass_ms(-3 * 3_600_000);
        for round in 0..3 * AT_LEAST {
            if round == AT_LEAST {
                desk.die();
            }
            let next = desk.draw().await.unwrap();
            assert!(next > last, "{next} after {last}");
            last = next;
        }
    }

    #[tokio::test]
    async fn the_next_block_is_there_before_it_is_needed() {
        let mut desk = Desk::new();
        desk.draw().await.unwrap();
        desk.clock.pass_ms(31_000);
        desk.draw().await.unwrap();
        assert_eq!(desk.marks.asked(), 2);
        desk.marks.are(Mood::Silent);
        desk.clock.pass_ms(59_000);
        assert_eq!(desk.draw().await, Ok(desk.now()), "without the database");
    }

    #[tokio::test]
    async fn without_a_durable_block_nothing_is_drawn() {
        for mood in [Mood::Silent, Mood::Refusing] {
            let mut desk = Desk::new();
            desk.marks.are(mood);
            assert!(desk.draw().await.is_err());
            desk.marks.are(Mood::Well);
            if mood == Mood::Silent {
                assert!(desk.draw().await.is_err(), "the first answer is still waited for");
                assert_eq!(desk.marks.asked(), 1);
            } else {
                assert_eq!(desk.draw().await, Ok(desk.now()));
            }
        }
    }

    #[tokio::test]
    async fn a_block_that_comes_late_serves_the_next() {
        let mut desk = Desk::new();
        desk.marks.are(Mood::Silent);
        assert!(desk.draw().await.is_err());
        desk.marks.answer_all();
        assert_eq!(desk.draw().await, Ok(desk.now()));
        assert_eq!(desk.marks.asked(), 1);
    }

    #[tokio::test]
    async fn a_long_pause_and_a_clock_that_jumps_ahead_are_bridged() {
        let mut desk = Desk::new();
        desk.draw().await.unwrap();
        desk.clock.pass_ms(30 * 86_400_000);
        assert_eq!(desk.draw().await, Ok(desk.now()));
        assert_eq!(desk.clock.now(), Timestamp::from_microsecond(START_US + 30 * 86_400_000_000).unwrap());
    }
}
