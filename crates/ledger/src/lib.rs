//! The audit log: append-only, durable before it counts, and provable to people who do not trust its keeper.
//!
//! The entries are the leaves of an RFC 6962 Merkle tree. A checkpoint is the size and root of that tree as a signed
//! note ([C2SP tlog-checkpoint](https://c2sp.org/tlog-checkpoint)): whoever holds one can prove any later edit, removal,
//! reordering or truncation of what it covers. The directory holds
//!
//! | file | is |
//! |---|---|
//! | `entries.log` | the entries one after the other, each behind its length, as in the entry bundles of [C2SP tlog-tiles](https://c2sp.org/tlog-tiles) |
//! | `checkpoint` | the latest checkpoint |
//! | `state` | what has to be known of the entries under that checkpoint to go on behind them; a help, and no more |
//!
//! One [`Ledger`] writes. Any process may read beside it: [`tail`], [`find`], [`verify()`], [`prove()`], [`export()`],
//! [`copy_signed`] need no lock. What the log cannot show: entries after the latest checkpoint are protected by the disk alone, and a thief of
//! the signing key together with the disk can tell a new story to whoever kept no older checkpoint.

mod checkpoint;
mod copy;
mod entry;
mod error;
mod export;
mod files;
#[cfg(test)]
mod fixtures;
mod heads;
mod ledger;
mod opening;
mod places;
mod prove;
mod queue;
mod read;
mod signer;
mod state;
mod torn;
mod tree;
mod verify;
mod writer;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use copy::copy_signed;
pub use entry::{Entry, EntryIndex, MAX_ENTRY};
pub use error::Error;
pub use export::export;
pub use ledger::{DEADLINE, Head, Ledger};
pub use opening::Opening;
pub use places::Places;
pub use prove::{Proof, ProofError, prove};
pub use read::{Cursor, Find, MAX_RESULTS, Searched, find, read_on, search, tail};
pub use signer::{CheckpointSigner, VerifierKey};
pub use verify::{Broken, Report, verify};
