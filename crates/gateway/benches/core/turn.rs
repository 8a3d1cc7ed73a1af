//! One turn of one gateway: the time of many requests, each with its own signature.

use std::error::Error;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use crate::door::{Door, START_MS};
use crate::keys::Holder;
use crate::requests::Kind;

/// The client's address, within what the keys allow.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
/// Requests signed at a time: few enough that they are still in the cache, as a request that just arrived is.
const BATCH: u64 = 64;
const BATCHES: u64 = 200;
/// Between two turns, so that no timestamp comes twice.
const TURN_MS: i64 = 10_000;
/// Steps from one key to the next: far, and prime, so that every key has its turn before one has its second.
const STRIDE: u64 = 7_368_787;

/// One turn.
pub(crate) struct Turn<'k> {
    /// Which turn of its gateway it is.
    pub(crate) round: usize,
    /// What to ask for, in turn.
    pub(crate) kinds: &'k [Kind],
}

impl Turn<'_> {
    /// The nanoseconds that one request took, on average.
    pub(crate) fn run(&self, door: &mut Door) -> Result<f64, Box<dyn Error>> {
        let now_ms = START_MS + (1 + self.round as i64) * TURN_MS;
        door.set_clock(now_ms);
        let mut took = Duration::ZERO;
        for batch in 0..BATCHES {
            let numbers = batch * BATCH..(batch + 1) * BATCH;
            let requests: Vec<_> =
                numbers.map(|number| self.request(door, now_ms, number)).collect::<Result<_, _>>()?;
            let start = Instant::now();
            for request in requests {
                let signed = door.gateway.rehearse(CLIENT, request);
                black_box(signed)
                    .map_err(|reason| format!("a request of the bench was refused: {reason}"))?;
            }
            took += start.elapsed();
        }
        Ok(took.as_nanos() as f64 / (BATCHES * BATCH) as f64)
    }

    /// A request that no other is like: another key, or the same key at another millisecond.
    fn request(
        &self,
        door: &Door,
        now_ms: i64,
        number: u64,
    ) -> Result<http::Request<bytes::Bytes>, Box<dyn Error>> {
        let holder = Holder::new(door.key_type, number.wrapping_mul(STRIDE) % door.keys)?;
        let kind = self.kinds[(number as usize) % self.kinds.len()];
        kind.signed(&holder, now_ms - (number / door.keys) as i64, number)
    }
}
