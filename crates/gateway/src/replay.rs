//! The replay guard: remembers every signature that was accepted, for as long as it would be accepted again.
//!
//! Exchanges lack this: inside its window the same signed request works twice. What Binance's signature covers is the
//! parameters alone, so that two honest reads at the same millisecond may carry the same signature: a signature may
//! serve several *different reads*, but never the same request twice, and never a second use when either use moves
//! money.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use keyward_policy::RequestId;
use parking_lot::Mutex;

/// Signatures are spread over this many locks, so that the workers seldom wait for each other.
const SHARDS: usize = 64;
/// Seconds of memory: the widest window (60 s), what may lie ahead of the clock (1 s), and room to turn over.
const SECONDS: usize = 64;
/// Signatures remembered at most per shard and second; 64 of these a second is far above any exchange's limits.
const REMEMBERED_MAX: usize = 65_536;

/// One accepted use of a signature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use {
    /// A digest of the key and the signed bytes.
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
}

/// The signatures accepted lately.
pub(crate) struct ReplayGuard {
    shards: Box<[Mutex<Shard>]>,
}

struct Shard {
    seconds: Box<[Second]>,
}

#[derive(Default)]
struct Second {
    /// Which second since the epoch this slot holds.
    number: u64,
    uses: HashMap<u128, Seen>,
}

struct Seen {
    first: RequestId,
    moves_money: bool,
    places: Vec<u64>,
}

impl ReplayGuard {
    pub(crate) fn new() -> Self {
        let shard = || Mutex::new(Shard { seconds: (0..SECONDS).map(|_| Second::default()).collect() });
        Self { shards: (0..SHARDS).map(|_| shard()).collect() }
    }

    /// Accepts a use, or says why not. The check and the memory are one step under one lock.
    pub(crate) fn accept(&self, this: Use) -> Result<(), Repeated> {
        let shard = &self.shards[this.signature as usize % SHARDS];
        let mut shard = shard.lock();
        let number = this.until_us / 1_000_000;
        shard.second(number).accept(this)
    }
}

impl Shard {
    /// The slot of a second; one that still holds a second long past is emptied first.
    fn second(&mut self, number: u64) -> &mut Second {
        let slot = &mut self.seconds[number as usize % SECONDS];
        if slot.number != number {
            *slot = Second { number, uses: HashMap::new() };
        }
        slot
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
                vacant.insert(Seen { first, moves_money, places: vec![this.place] });
                Ok(())
            }
            Entry::Occupied(mut seen) => seen.get_mut().again(this),
        }
    }
}

impl Seen {
    fn again(&mut self, this: Use) -> Result<(), Repeated> {
        let money = self.moves_money || this.moves_money;
        if money || self.places.contains(&this.place) || self.places.len() >= SECONDS {
            return Err(Repeated::By(self.first));
        }
        self.places.push(this.place);
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
