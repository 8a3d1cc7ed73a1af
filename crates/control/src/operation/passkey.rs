//! Passkeys: what an operator signs in with in place of password and code, and shows again for what is dangerous.
//!
//! One counts for both factors: the authenticator is what he has, and it asks for his finger, his face or a PIN.

mod add;
mod list;
mod remove;
#[cfg(test)]
mod tests;

pub use add::{NewPasskey, Offered, add, begin};
pub use list::{PasskeyView, list};
pub use remove::remove;

/// The most passkeys of one operator.
const PASSKEYS_MAX: usize = 10;
