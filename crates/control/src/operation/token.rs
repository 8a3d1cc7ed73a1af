//! API tokens: what a program shows in place of a person's sign-in. A token has a role, ends, and may be bound to
//! addresses. It never counts as a second factor, so what needs one is for people.

pub mod create;
pub mod list;
mod of;
pub mod revoke;
mod view;

pub use of::of;
pub use view::TokenView;

/// What every token begins with, so that scanners tell it.
const PREFIX: &str = "kwt_";
