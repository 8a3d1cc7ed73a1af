//! `venue list`.

use super::VenueView;
use crate::{Control, Error, Listed, Part};

/// Venues in the order of their names.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, part: Part) -> Result<Listed<VenueView>, Error> {
    let list = control.store.venues(&part.into()).await?;
    Ok(Listed::of(list, |venue| VenueView::of(control, venue)))
}
