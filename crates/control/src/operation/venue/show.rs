//! `venue show`.

use super::VenueView;
use crate::{Control, Error};
use keyward_policy::{Actor, Operation};

/// The venue with this name or id.
///
/// # Errors
/// `venue_unknown`; `store_unavailable`.
pub async fn show(control: &Control, actor: &Actor, venue: &str) -> Result<VenueView, Error> {
    control.view(actor, Operation::VenueShow)?;
    Ok(VenueView::of(control, control.store.venue(venue).await?))
}
