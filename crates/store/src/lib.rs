//! The store: every SQL statement and migration, over SQLite or Postgres, with one SQL text for both.
//!
//! Secrets arrive sealed and stay sealed: [`policy::Sealed`](keyward_policy::Sealed) is the only type of secret that a
//! row can be made of, so that a plaintext does not even compile:
//!
//! ```compile_fail
//! # async fn put(store: keyward_store::Store) -> Result<(), keyward_store::Error> {
//! store.put_sealed_root(b"a plaintext root key", None).await
//! # }
//! ```
//!
//! Times are kept as whole microseconds since 1970, in one integer column: the same type, order and comparison in both
//! databases, and nothing to parse when a million keys are loaded. What is finer than a microsecond is cut off.
//!
//! Waiting for a lock, a connection or a slow statement has a limit. Against a network that just falls silent a caller
//! sets a deadline of its own: a call may be dropped at any moment, and what it does then happens whole or not at all.
//!
//! Every read is bounded, except [`Store::load`], which fills the gateway, and the ids that [`Store::revoke_keys`] returns.

#[macro_use]
mod backend;
mod anchors;
mod column;
mod consents;
mod copy;
mod credentials;
mod error;
mod hand_overs;
mod keys;
mod meta;
mod migrate;
mod nonces;
mod open;
mod page;
mod people;
mod place;
mod projects;
mod remove;
mod row;
mod service_secrets;
mod snapshot;
mod turn;
mod vault;
mod venues;

#[cfg(test)]
mod story;

pub use anchors::Anchor;
pub use consents::Consent;
pub use error::{Error, What};
pub use hand_overs::{HandOver, Opening};
pub use keys::{KeyFilter, Revoke};
pub use open::Store;
pub use page::{List, PAGE_MAX, Page};
pub use people::{Identity, Invitation, Passkey, Session, Totp};
pub use service_secrets::{Service, ServiceSecret};
pub use snapshot::Snapshot;
