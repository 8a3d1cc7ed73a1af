//! Projects: who owns keys.

pub mod add;
pub mod list;
pub mod remove;
pub mod show;
mod view;

pub use view::ProjectView;
