//! The second factor: a device that makes codes, and recovery codes for who has lost it.

mod begin;
mod confirm;
mod renew;

pub use begin::{Offer, begin};
pub use confirm::{Confirm, RecoveryCodes, confirm};
pub use renew::renew;

/// What a device's secret is sealed for until the device has shown that it has it.
const BOUND_TO: &str = "keyward device to be";
