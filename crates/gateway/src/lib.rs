//! The data plane: one request from arrival to answer. Start reading in `carry.rs`, which is the life of a request.
//!
//! hyper on both sides, one runtime per core, connections to the exchanges owned by the core that uses them. It knows
//! no control plane: what it serves is handed to it with [`Gateway::apply`].

mod answer;
mod breaker;
mod carry;
mod cors;
mod counts;
mod denied;
mod directory;
mod failures;
#[cfg(test)]
mod faults;
mod fence;
#[cfg(test)]
mod fixture;
mod framing;
#[doc(hidden)]
pub mod fuzz;
mod gateway;
mod holds;
mod identity;
mod introspect;
mod lease;
mod metrics;
mod nonce;
mod proxy_protocol;
mod rehearse;
mod remembered;
mod replay;
mod sealed;
mod sender;
mod server;
mod settings;
mod tally;
mod tls;
mod upstream;
mod venue;
mod worker;

pub use breaker::Pause;
pub use gateway::{Gateway, Parts};
pub use identity::Identity;
pub use introspect::IntrospectError;
pub use nonce::{CannotReserve, ReserveNonces, Reserving, Wanted};
pub use remembered::Remembered;
pub use server::{Crowd, Place, bind};
pub use settings::{Limits, Settings};
pub use tls::{Certificate, TlsError, certificates};
