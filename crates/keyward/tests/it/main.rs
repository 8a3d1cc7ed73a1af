//! Stories about the whole product, told with the real binary.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what cannot happen in a story ends it, in the helpers of a test too"
)]

mod approvals;
mod attacks;
mod balancers;
mod browser_keys;
mod ccxt;
mod cli;
mod clients;
mod clock;
mod consents;
mod console;
mod database;
mod description;
mod durability;
mod edges;
mod faults;
mod fence;
mod keys;
mod leaks;
mod load;
mod nonces;
mod people;
mod restarts;
mod story;
mod wire;
mod world;
