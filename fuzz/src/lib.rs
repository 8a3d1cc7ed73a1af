//! What the targets share: an input read as an HTTP/1.1 message, and what must hold for whatever a dialect reads.

mod dialect;
mod message;

pub use dialect::check_dialect;
pub use message::Message;
