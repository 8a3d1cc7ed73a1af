//! The control plane: what operators do, and the JSON API over it.
//!
//! An operation is one file in [`operation`]: it checks its input, puts the action on record ([`act`]), changes the
//! database, and tells the gateway. The API in [`api`] only translates; the CLI calls the same API, over a socket or
//! inside its own process. There is no second way in.

mod act;
pub mod api;
mod approvals;
pub mod archive;
mod blocking;
mod checkpoint;
mod control;
mod error;
mod failure;
#[cfg(test)]
mod fixture;
mod given;
mod introspect;
mod material;
mod name;
mod names;
pub mod oidc;
pub mod operation;
mod page;
mod people;
mod reach;
mod recover;
pub mod safety;
mod services;
mod shown;
pub mod snippet;
mod stopped;
mod time;
mod url;
pub mod usage;

pub use approvals::Approvals;
pub use control::{Control, Parts, Publish};
pub use error::{Code, Error, Kind};
pub use given::GivenSecret;
pub use introspect::{Asked, CannotAsk, Introspect};
pub use page::{Listed, Part, Removed};
pub use people::Caller;
pub use recover::{Lock, Recovered, recover};
pub use shown::ShownOnce;
pub use stopped::Stopped;
