//! The replay guard: remembers every signature that was accepted, for as long as it would be accepted again.
//!
//! Exchanges lack this: inside its window the same signed request works twice. What Binance's signature covers is the
//! parameters alone, so that two honest reads at the same millisecond may carry the same signature: a signature may
//! serve several *different reads*, but never the same request twice, and never a second use when either use moves
//! money.
//!
//! No clock is asked here, so that none can mislead it: a second makes room only for another one that a signature
//! names, and is then forgotten for good. Wherever the host's clock jumps, a signature is remembered, or refused.

mod carried;
mod forgotten;
mod signatures;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use foldhash::fast::RandomState;
use keyward_policy::RequestId;
use parking_lot::Mutex;

pub(crate) use self::carried::Carried;
use self::forgotten::Forgotten;
pub(crate) use self::signatures::Signatures;

/// Signatures are spread over this many locks, so that the workers seldom wait for each other.
const SHARDS: usize = 64;
/// Seconds of memory: the widest window (60 s), what may lie ahead of the clock (1 s), and room to turn over.
const SECONDS: usize = 64;
/// Signatures remembered at most per shard and second; 64 of these a second is far above any exchange's limits.
const REMEMBERED_MAX: usize = 65_536;

/// One accepted use of a signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    /// A digest of the signature, or of the key and the signed bytes.
    pub(crate) signature: u128,
    /// A digest of what the signature may not cover: method and path.
    pub(crate) place: u64,
    /// Whether it moves money.
    pub(crate) moves_money: bool,
    /// Until when the signature would be accepted, in microseconds since the Unix epoch. It follows from signed bytes,
    /// so that every use of a signature looks in the same place.
    pub(crate) until_us: u64,
    /// The request that used it.
    pub(crate) request: RequestId,
}

/// Why a use is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeated {
    /// The signature was used before, by this request.
    By(RequestId),
    /// No room to remember it, and what cannot be remembered is not accepted.
    Full,
    /// The clock went back to a time whose signatures are no longer remembered.
    Forgotten,
}

/// The signatures accepted lately.
pub(crate) struct ReplayGuard {
    shards: Box<[Mutex<Shard>]>,
}

struct Shard {
    seconds: Box<[Second]>,
    forgotten: Forgotten,
}

#[derive(Default)]
struct Second {
    /// Which second since the epoch this slot holds.
    number: u64,
    uses: HashMap<u128, Seen, RandomState>,
}

struct Seen {
    first: RequestId,
    moves_money: bool,
    place: u64,
    /// Other reads of the same millisecond: seldom any, so that a signature takes one line of the processor's cache.
    others: Option<Box<Others>>,
}

#[derive(Default)]
struct Others(Vec<u64>);

impl ReplayGuard {
    pub(crate) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::new(Shard::new())).collect() }
    }

    /// Accepts a use, or says why not. The check and the memory are one step under one lock.
    pub(crate) fn accept(&self, this: Use) -> Result<(), Repeated> {
        let shard = &self.shards[this.signature as usize % SHARDS];
        let mut shard = shard.lock();
        let number = this.until_us / 1_000_000;
        shard.second(number)?.accept(this)
    }
}

impl Shard {
    fn new() -> Self {
        let seconds = (0..SECONDS).map(|_| Second::default()).collect();
        Self { seconds, forgotten: Forgotten::default() }
    }

    /// The slot of a second. Another second that it holds is forgotten first: usually one long past, or one that the
    /// clock has jumped away from.
    fn second(&mut self, number: u64) -> Result<&mut Second, Repeated> {
        let slot = &mut self.seconds[number as usize % SECONDS];
        if slot.number != number {
            if self.forgotten.holds(number) {
                return Err(Repeated::Forgotten);
            }
            if !slot.uses.is_empty() {
                self.forgotten.add((slot.number, slot.number));
            }
            // As busy as the second before it: so that it seldom grows, which would move all that it holds.
            let uses = HashMap::with_capacity_and_hasher(slot.uses.len(), RandomState::default());
            *slot = Second { number, uses };
        }
        Ok(slot)
    }
}

impl Second {
    fn accept(&mut self, this: Use) -> Result<(), Repeated> {
        if self.uses.len() >= REMEMBERED_MAX {
            return Err(Repeated::Full);
        }
        match self.uses.entry(this.signature) {
            Entry::Vacant(vacant) => {
                let (first, moves_money) = (this.request, this.moves_money);
                vacant.insert(Seen { first, moves_money, place: this.place, others: None });
                Ok(())
            }
            Entry::Occupied(mut seen) => seen.get_mut().again(this),
        }
    }
}

impl Seen {
    fn again(&mut self, this: Use) -> Result<(), Repeated> {
        let money = self.moves_money || this.moves_money;
        let others = self.others.as_ref().map_or(&[][..], |others| &others.0);
        let known = self.place == this.place || others.contains(&this.place);
        if money || known || others.len() >= SECONDS {
            return Err(Repeated::By(self.first));
        }
        self.others.get_or_insert_default().0.push(this.place);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(number: u8) -> RequestId {
        RequestId::from_entropy([number; 16])
    }

    fn uses(number: u8, place: u64, moves_money: bool) -> Use {
        Use { signature: 7, place, moves_money, until_us: 5_000_000, request: request(number) }
    }

    #[test]
    fn the_same_request_is_accepted_once_and_the_first_is_named() {
        let guard = ReplayGuard::new();
        assert_eq!(guard.accept(uses(1, 10, true)), Ok(()));
        assert_eq!(guard.accept(uses(2, 10, true)), Err(Repeated::By(request(1))));
        assert_eq!(guard.accept(uses(3, 10, true)), Err(Repeated::By(request(1))));
    }

    #[test]
    fn different_reads_may_share_a_signature() {
        let guard = ReplayGuard::new();
        assert_eq!(guard.accept(uses(1, 10, false)), Ok(()));
        assert_eq!(guard.accept(uses(2, 11, false)), Ok(()));
        assert_eq!(guard.accept(uses(3, 11, false)), Err(Repeated::By(request(1))));
    }

    #[test]
    fn a_signature_of_a_read_cannot_move_money_nor_the_other_way() {
        let guard = ReplayGuard::new();
        assert_eq!(guard.accept(uses(1, 10, false)), Ok(()));
        assert_eq!(guard.accept(uses(2, 11, true)), Err(Repeated::By(request(1))));
        let guard = ReplayGuard::new();
        assert_eq!(guard.accept(uses(1, 10, true)), Ok(()));
        assert_eq!(guard.accept(uses(2, 11, false)), Err(Repeated::By(request(1))));
    }

    #[test]
    fn memory_turns_over_when_the_seconds_pass() {
        let guard = ReplayGuard::new();
        let at = |second: u64, number| Use { until_us: second * 1_000_000, ..uses(number, 10, true) };
        assert_eq!(guard.accept(at(5, 1)), Ok(()));
        assert_eq!(guard.accept(at(5 + SECONDS as u64, 2)), Ok(()));
    }

    /// A use that is good until this second.
    fn until(second: u64, signature: u128) -> Use {
        Use { signature, until_us: second * 1_000_000, ..uses(1, 10, true) }
    }

    #[test]
    fn no_jump_of_the_clock_lets_a_signature_work_twice() {
        for jump_s in [1, 59, 61, 64, 65, 128, 600, 3_600, 86_400] {
            for (before, after) in [(1_000_000, 1_000_000 + jump_s), (1_000_000, 1_000_000 - jump_s)] {
                let guard = ReplayGuard::new();
                let seconds: Vec<_> = (before..before + 60).chain(after..after + 60).collect();
                let first: Vec<_> =
                    seconds.iter().map(|&at| guard.accept(until(at, u128::from(at) * 64)).is_ok()).collect();
                assert!(first[..60].iter().all(|accepted| *accepted), "honest requests before the jump");
                // The clock goes back, and forth again, and a thief tries everything once more.
                let again = seconds
                    .iter()
                    .chain(&seconds)
                    .filter(|&&at| guard.accept(until(at, u128::from(at) * 64)).is_ok());
                assert_eq!(again.count(), 0, "{before} to {after}");
            }
        }
    }

    #[test]
    fn a_clock_that_was_wrong_for_a_while_costs_no_honest_request_of_the_right_time() {
        let guard = ReplayGuard::new();
        let mut accepts = |at: u64| guard.accept(until(at, u128::from(at) * 64)).is_ok();
        assert!((1_000..1_060).all(&mut accepts));
        assert!((4_600..4_720).all(&mut accepts), "an hour ahead, for two minutes");
        assert!((1_124..1_200).all(&mut accepts), "back, a minute later than it left");
    }

    #[test]
    fn threads_racing_with_one_request_are_accepted_once() {
        let guard = ReplayGuard::new();
        let accepted = std::thread::scope(|scope| {
            let race = |number| {
                let guard = &guard;
                scope.spawn(move || guard.accept(uses(number, 10, true)).is_ok())
            };
            let threads: Vec<_> = (0..16).map(race).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|accepted| *accepted).count()
        });
        assert_eq!(accepted, 1);
    }
}
