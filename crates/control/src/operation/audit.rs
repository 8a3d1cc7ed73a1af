//! The audit log: what happened, and the proof that nobody changed it.

pub mod entry;
pub mod export;
pub mod show;
pub mod tail;
pub mod verify;
