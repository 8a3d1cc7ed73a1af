//! `/keys`.

use keyward_policy::Operation;

use super::Shared;
use super::admit::From;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use super::routes::{Routes, Told, does, enters};
use super::tag::{IfMatch, Known, Tagged};
use crate::operation::hand_over;
use crate::operation::key::{self, Created, KeyView};
use crate::{Code, Listed, Removed, Stopped};

/// The routes. A key goes by its id, its key string or its name.
pub(super) fn routes() -> Routes {
    Routes::of("keys")
        .get("/keys", LIST, list)
        .post("/keys", CREATE, create)
        .get("/keys/{key}", SHOW, show)
        .patch("/keys/{key}", UPDATE, update)
        .post("/keys/{key}/preview", PREVIEW, preview)
        .get("/keys/{key}/proposal", PROPOSE, propose)
        .get("/keys/{key}/hand-over", HAND_OVER, handed_over)
        .post("/hand-over", OPEN, open)
        .get("/key-safety", SAFETY, safety)
        .delete("/keys/{key}", DELETE, delete)
        .post("/keys/{key}/rotate", ROTATE, rotate)
        .post("/keys/{key}/suspend", SUSPEND, suspend)
        .post("/keys/{key}/resume", RESUME, resume)
        .post("/keys/{key}/revoke", REVOKE, revoke)
}

const LIST: Told = does(
    Operation::KeyList,
    "List the keys, the oldest first",
    &[Code::ProjectUnknown, Code::CredentialUnknown, Code::VenueUnknown],
);

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(which): Asked<key::list::Which>,
) -> Answer<Listed<KeyView>> {
    finish(async move { key::list::list(&control, &actor, which).await }).await
}

const SAFETY: Told = does(
    Operation::KeySafety,
    "Tell which keys, and which real keys, somebody should look at",
    &[Code::ProjectUnknown, Code::CredentialUnknown, Code::VenueUnknown],
);

async fn safety(
    control: Shared,
    Acting(actor): Acting,
    Asked(which): Asked<key::list::Which>,
) -> Answer<key::safety::Safety> {
    finish(async move { key::safety::safety(&control, &actor, which).await }).await
}

const HAND_OVER: Told = does(
    Operation::KeyHandOver,
    "Tell what became of the link to a key's secret",
    &[Code::KeyUnknown, Code::KeyAmbiguous],
);

async fn handed_over(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
) -> Answer<hand_over::show::Shown> {
    finish(async move { hand_over::show::show(&control, &actor, &key).await }).await
}

const OPEN: Told = enters(
    "key hand-over open",
    "Open a hand-over link, once",
    &[Code::HandOverInvalid, Code::VaultSealed, Code::AuditUnavailable],
);

async fn open(
    control: Shared,
    From(caller): From,
    Input(input): Input<hand_over::open::Open>,
) -> Answer<hand_over::open::Opened> {
    finish(async move { hand_over::open::open(&control, &caller, input).await }).await
}

const CREATE: Told = does(
    Operation::KeyCreate,
    "Issue a key",
    &[
        Code::NameInvalid,
        Code::NameTaken,
        Code::ProjectUnknown,
        Code::CredentialUnknown,
        Code::VenueUnknown,
        Code::GrantMissing,
        Code::GrantDuplicate,
        Code::VenueNeedsCredential,
        Code::VenueTakesNoCredential,
        Code::CredentialElsewhere,
        Code::KeyTypeUnsupported,
        Code::AllowEmpty,
        Code::PermissionInvalid,
        Code::SymbolInvalid,
        Code::AddressInvalid,
        Code::RateInvalid,
        Code::HoldInvalid,
        Code::OriginInvalid,
        Code::PublishableInvalid,
        Code::TimeInvalid,
        Code::TooMany,
        Code::PublicKeyInvalid,
        Code::VaultSealed,
    ],
);

async fn create(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<key::create::Create>,
) -> Made<Created> {
    made(async move { key::create::create(&control, &actor, input).await }).await
}

const SHOW: Told = does(Operation::KeyShow, "Show one", &[Code::KeyUnknown, Code::KeyAmbiguous]);

async fn show(control: Shared, Acting(actor): Acting, Named(key): Named, known: Known) -> Tagged<KeyView> {
    known.or(finish(async move { key::show::show(&control, &actor, &key).await }).await)
}

/// How a change of limits can fail.
const LIMITS: &[Code] = &[
    Code::KeyUnknown,
    Code::KeyAmbiguous,
    Code::KeyRevoked,
    Code::KeyExpired,
    Code::AllowEmpty,
    Code::PermissionInvalid,
    Code::SymbolInvalid,
    Code::AddressInvalid,
    Code::RateInvalid,
    Code::HoldInvalid,
    Code::OriginInvalid,
    Code::PublishableInvalid,
    Code::TimeInvalid,
    Code::TooMany,
];

const UPDATE: Told = does(Operation::KeyUpdate, "Change what one is limited to", LIMITS);

async fn update(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    IfMatch(expected): IfMatch,
    Input(input): Input<key::update::Update>,
) -> Tagged<KeyView> {
    let updated = finish(async move { key::update::update(&control, &actor, &key, expected, input).await });
    Known::default().or(updated.await)
}

const PREVIEW: Told =
    does(Operation::KeyPreview, "Tell what a change would change, without making it", LIMITS);

async fn preview(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    IfMatch(expected): IfMatch,
    Input(input): Input<key::update::Update>,
) -> Answer<key::preview::Preview> {
    finish(async move { key::preview::preview(&control, &actor, &key, expected, input).await }).await
}

const PROPOSE: Told = does(
    Operation::KeyPropose,
    "Propose the tightest limits that would have let everything pass that it did in 30 days",
    &[Code::KeyUnknown, Code::KeyAmbiguous],
);

async fn propose(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
) -> Answer<key::propose::Proposal> {
    finish(async move { key::propose::propose(&control, &actor, &key).await }).await
}

const DELETE: Told =
    does(Operation::KeyDelete, "End one and forget it", &[Code::KeyUnknown, Code::KeyAmbiguous]);

async fn delete(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    if_match: IfMatch,
) -> Answer<Stopped<Removed>> {
    finish(async move {
        if_match.of_key(&control, &actor, &key).await?;
        key::delete::delete(&control, &actor, &key).await
    })
    .await
}

const ROTATE: Told = does(
    Operation::KeyRotate,
    "Put a new key with the same rights in its place",
    &[
        Code::KeyUnknown,
        Code::KeyAmbiguous,
        Code::KeyRevoked,
        Code::KeyExpired,
        Code::KeyRetiring,
        Code::TimeInvalid,
        Code::PublicKeyInvalid,
        Code::PublishableInvalid,
        Code::VaultSealed,
    ],
);

async fn rotate(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    if_match: IfMatch,
    Input(input): Input<key::rotate::Rotate>,
) -> Made<Created> {
    made(async move {
        if_match.of_key(&control, &actor, &key).await?;
        key::rotate::rotate(&control, &actor, &key, input).await
    })
    .await
}

const SUSPEND: Told = does(
    Operation::KeySuspend,
    "Stop one for a while",
    &[Code::KeyUnknown, Code::KeyAmbiguous, Code::KeyRevoked],
);

async fn suspend(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    if_match: IfMatch,
) -> Answer<Stopped<KeyView>> {
    finish(async move {
        if_match.of_key(&control, &actor, &key).await?;
        key::suspend::suspend(&control, &actor, &key).await
    })
    .await
}

const RESUME: Told = does(
    Operation::KeyResume,
    "Let it go on",
    &[Code::KeyUnknown, Code::KeyAmbiguous, Code::KeyRevoked, Code::KeyNotSuspended],
);

async fn resume(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    if_match: IfMatch,
) -> Answer<KeyView> {
    finish(async move {
        if_match.of_key(&control, &actor, &key).await?;
        key::resume::resume(&control, &actor, &key).await
    })
    .await
}

const REVOKE: Told = does(Operation::KeyRevoke, "End one for good", &[Code::KeyUnknown, Code::KeyAmbiguous]);

async fn revoke(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    if_match: IfMatch,
) -> Answer<Stopped<KeyView>> {
    finish(async move {
        if_match.of_key(&control, &actor, &key).await?;
        key::revoke::revoke(&control, &actor, &key).await
    })
    .await
}
