//! Hand-over links: the secret of a new key goes to whoever will use it, by a link that opens once. Who issued the key
//! never sees the secret, and it is in no chat.

mod make;
pub mod open;
pub mod show;

pub use make::Link;
pub(crate) use make::{Delivered, deliver};
