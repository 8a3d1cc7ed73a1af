//! Venues: the exchange connections.

pub mod add;
pub mod list;
pub mod remove;
pub mod show;
mod view;

pub use view::VenueView;

/// The names of the dialects that a venue can have.
pub fn dialects() -> impl Iterator<Item = &'static str> {
    keyward_dialect::DIALECTS.iter().map(|dialect| dialect.name())
}
