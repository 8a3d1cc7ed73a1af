//! Nonces: the numbers of requests to exchanges that take each request of a key only with a higher one than all before.
//!
//! Keyward owns them, so that many bots share one real key whatever their own clients count in. Three parts: what may
//! still be drawn ([`numbers`], pure), the blocks that are made durable ahead of time ([`supply`]), and the lane in
//! which the requests of one real key are signed and sent one after the other ([`lane`]): drawn in order is not enough,
//! they must also arrive in order.

mod lane;
#[cfg(test)]
mod marks;
mod numbers;
mod supply;

use std::ops::RangeInclusive;

use thiserror::Error;
use tokio::sync::oneshot;

pub(crate) use lane::{Lanes, Turn};
#[cfg(test)]
pub(crate) use marks::Marks;

/// A block of nonces that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The dialect of the exchange that counts.
    pub dialect: &'static str,
    /// The public half of the real key whose requests are counted.
    pub api_key: Box<str>,
    /// Where the block ends at the earliest: what stands for a time that is still to come.
    pub through: u64,
    /// How many nonces it has at least, however far the clock went back.
    pub at_least: u32,
}

/// No block could be made durable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no nonces could be reserved: {0}")]
pub struct CannotReserve(pub String);

/// A block is on its way; the answer comes here.
pub type Reserving = oneshot::Receiver<Result<RangeInclusive<u64>, CannotReserve>>;

/// Makes blocks of nonces durable: what it has answered is never answered again, whatever happens to this process.
///
/// It does its work elsewhere and returns at once. The gateway's threads wait for no database: they ask ahead of time.
pub trait ReserveNonces: Send + Sync {
    /// Begins to reserve a block that lies above every block before.
    fn reserve(&self, wanted: Wanted) -> Reserving;
}
