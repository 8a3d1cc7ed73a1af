//! `/tokens`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use super::routes::{Routes, Told, does};
use crate::operation::token::{TokenView, create, list, revoke};
use crate::{Code, Listed, Part, Removed};

/// The routes. A token goes by its name or its id.
pub(super) fn routes() -> Routes {
    Routes::of("tokens").get("/tokens", LIST, list).post("/tokens", CREATE, create).delete(
        "/tokens/{token}",
        REVOKE,
        revoke,
    )
}

const LIST: Told = does(Operation::TokenList, "List the API tokens", &[]);

async fn list(control: Shared, Acting(actor): Acting, Asked(part): Asked<Part>) -> Answer<Listed<TokenView>> {
    finish(async move { list::list(&control, &actor, part).await }).await
}

const CREATE: Told = does(
    Operation::TokenCreate,
    "Make one for a program; what it has to show is shown once",
    &[
        Code::NameInvalid,
        Code::NameTaken,
        Code::RoleInvalid,
        Code::ProjectUnknown,
        Code::AddressInvalid,
        Code::TimeInvalid,
        Code::TooMany,
    ],
);

async fn create(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<create::Create>,
) -> Made<create::Created> {
    made(async move { create::create(&control, &actor, input).await }).await
}

const REVOKE: Told = does(Operation::TokenRevoke, "End one", &[Code::TokenUnknown]);

async fn revoke(control: Shared, Acting(actor): Acting, Named(token): Named) -> Answer<Removed> {
    finish(async move { revoke::revoke(&control, &actor, &token).await }).await
}
