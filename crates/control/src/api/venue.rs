//! `/venues`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use super::routes::{Routes, Told, does};
use super::tag::{Known, Tagged};
use crate::operation::venue;
use crate::{Code, Listed, Part, Removed};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("venues")
        .get("/venues", LIST, list)
        .post("/venues", ADD, add)
        .get("/venues/{venue}", SHOW, show)
        .delete("/venues/{venue}", REMOVE, remove)
}

const LIST: Told = does(Operation::VenueList, "List the venues", &[]);

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<venue::VenueView>> {
    finish(async move { venue::list::list(&control, &actor, part).await }).await
}

const ADD: Told = does(
    Operation::VenueAdd,
    "Add one",
    &[Code::NameInvalid, Code::NameTaken, Code::DialectUnknown, Code::UrlInvalid],
);

async fn add(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<venue::add::Add>,
) -> Made<venue::VenueView> {
    made(async move { venue::add::add(&control, &actor, input).await }).await
}

const SHOW: Told = does(Operation::VenueShow, "Show one", &[Code::VenueUnknown]);

async fn show(
    control: Shared,
    Acting(actor): Acting,
    Named(venue): Named,
    known: Known,
) -> Tagged<venue::VenueView> {
    known.or(finish(async move { venue::show::show(&control, &actor, &venue).await }).await)
}

const REMOVE: Told =
    does(Operation::VenueRemove, "Remove one that nothing uses", &[Code::VenueUnknown, Code::InUse]);

async fn remove(control: Shared, Acting(actor): Acting, Named(venue): Named) -> Answer<Removed> {
    finish(async move { venue::remove::remove(&control, &actor, &venue).await }).await
}
