//! `/consents`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Named};
use super::routes::{Routes, Told, does};
use crate::operation::consent::{self, ConsentView};
use crate::{Code, Listed};

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("consents")
        .get("/consents", LIST, list)
        .get("/consents/{consent}", SHOW, show)
        .post("/consents/{consent}/give", GIVE, give)
        .post("/consents/{consent}/refuse", REFUSE, refuse)
        .post("/consents/{consent}/use", USE, carry_out)
}

const LIST: Told =
    does(Operation::ConsentList, "List what waits for a second operator, the oldest first", &[]);

async fn list(control: Shared, Acting(actor): Acting) -> Answer<Listed<ConsentView>> {
    finish(async move { consent::list::list(&control, &actor).await }).await
}

const SHOW: Told = does(Operation::ConsentShow, "Show one", &[Code::ConsentUnknown]);

async fn show(control: Shared, Acting(actor): Acting, Named(id): Named) -> Answer<ConsentView> {
    finish(async move { consent::show::show(&control, &actor, &id).await }).await
}

const GIVE: Told = does(
    Operation::ConsentGive,
    "Agree to what another operator asked for",
    &[Code::ConsentUnknown, Code::ConsentOwn, Code::ConsentGiven],
);

async fn give(control: Shared, Acting(actor): Acting, Named(id): Named) -> Answer<ConsentView> {
    finish(async move { consent::give::give(&control, &actor, &id).await }).await
}

const REFUSE: Told = does(Operation::ConsentRefuse, "Do not, or take it back", &[Code::ConsentUnknown]);

async fn refuse(control: Shared, Acting(actor): Acting, Named(id): Named) -> Answer<ConsentView> {
    finish(async move { consent::refuse::refuse(&control, &actor, &id).await }).await
}

const USE: Told = does(
    Operation::ConsentUse,
    "Carry out what another operator agreed to",
    &[
        Code::ConsentUnknown,
        Code::ConsentOwn,
        Code::ConsentWaits,
        Code::NotCurrent,
        Code::KeyUnknown,
        Code::ProjectUnknown,
        Code::NameTaken,
        Code::VaultSealed,
    ],
);

async fn carry_out(control: Shared, Acting(actor): Acting, Named(id): Named) -> Answer<consent::take::Done> {
    finish(async move { consent::take::take(&control, &actor, &id).await }).await
}
