//! The exchange over real sockets: what a client sees.
#![expect(
    clippy::unwrap_used,
    reason = "what helps a test may panic; clippy knows only the test functions themselves"
)]

mod faults;
mod identity;
mod limits;
mod market;
mod orders;
mod signing;
mod venue;
mod wallet;
