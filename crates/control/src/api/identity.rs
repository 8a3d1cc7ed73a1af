//! `/identity`: how one signs in. Coming in by the identity provider is for browsers, and so for the console's pages.

use keyward_policy::Operation;

use super::Shared;
use super::admit::Held;
use super::finish::{Answer, finish};
use super::routes::{Routes, Told, does};
use crate::Code;
use crate::operation::identity::{self, IdentityView};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("sessions").get("/identity", SHOW, show).delete("/identity", UNLINK, unlink)
}

const SHOW: Told = does(Operation::IdentityShow, "Tell how one signs in oneself", &[]);

async fn show(control: Shared, held: Held) -> Answer<IdentityView> {
    finish(async move { identity::show(&control, &held.session).await }).await
}

const UNLINK: Told = does(
    Operation::IdentityUnlink,
    "End one's own link with the identity provider",
    &[Code::IdentityUnknown, Code::IdentityOnly, Code::SecondFactorMissing],
);

async fn unlink(control: Shared, held: Held) -> Answer<()> {
    finish(async move { identity::unlink(&control, &held.session).await }).await
}
