//! The tables of keys, their grants, and their tombstones.

mod add;
mod change;
mod delete;
mod find;
mod list;
mod revoke;
pub(crate) mod row;

pub use list::KeyFilter;
pub use revoke::Revoke;
