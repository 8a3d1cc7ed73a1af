//! The vault: the root key that every secret is sealed under.

pub mod init;
pub mod rekey;
pub mod seal;
pub mod status;
mod unlocking;
pub mod unseal;

pub use status::{State, Status};
pub use unlocking::Unlocking;
