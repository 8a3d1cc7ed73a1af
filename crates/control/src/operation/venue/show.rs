//! `venue show`.

use super::VenueView;
use crate::{Control, Error};

/// The venue with this name or id.
///
/// # Errors
/// `venue_unknown`; `store_unavailable`.
pub async fn show(control: &Control, venue: &str) -> Result<VenueView, Error> {
    Ok(VenueView::of(control, control.store.venue(venue).await?))
}
