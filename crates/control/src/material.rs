//! Key material: reading what people bring, and making what Keyward issues.

mod generate;
mod pem;
mod private;
mod public;

pub(crate) use generate::{Pair, ed25519, rsa};
pub(crate) use private::Real;
pub(crate) use public::verifier;
