//! `venue list`.

use super::VenueView;
use crate::{Control, Error, Listed, Part};
use keyward_policy::{Actor, Operation};

/// Venues in the order of their names.
///
/// # Errors
/// `store_unavailable`.
pub async fn list(control: &Control, actor: &Actor, part: Part) -> Result<Listed<VenueView>, Error> {
    control.view(actor, Operation::VenueList)?;
    let list = control.store.venues(&part.into()).await?;
    Ok(Listed::of(list, |venue| VenueView::of(control, venue)))
}
