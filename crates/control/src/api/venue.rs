//! `/venues`.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use crate::operation::venue;
use crate::{Control, Listed, Part, Removed};

/// The routes.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new().route("/venues", get(list).post(add)).route("/venues/{venue}", get(show).delete(remove))
}

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<venue::VenueView>> {
    finish(async move { venue::list::list(&control, &actor, part).await }).await
}

async fn add(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<venue::add::Add>,
) -> Made<venue::VenueView> {
    made(async move { venue::add::add(&control, &actor, input).await }).await
}

async fn show(control: Shared, Acting(actor): Acting, Named(venue): Named) -> Answer<venue::VenueView> {
    finish(async move { venue::show::show(&control, &actor, &venue).await }).await
}

async fn remove(control: Shared, Acting(actor): Acting, Named(venue): Named) -> Answer<Removed> {
    finish(async move { venue::remove::remove(&control, &actor, &venue).await }).await
}
