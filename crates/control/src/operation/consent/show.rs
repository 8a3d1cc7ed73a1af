//! `consent show`: one of them.

use keyward_policy::{Actor, Operation};

use super::{ConsentView, find};
use crate::{Control, Error};

/// Looks at what waits under this id (`con_…`).
///
/// # Errors
/// `consent_unknown`.
pub async fn show(control: &Control, actor: &Actor, id: &str) -> Result<ConsentView, Error> {
    control.view(actor, Operation::ConsentShow)?;
    ConsentView::of(find(control, actor, id).await?)
}
