//! `/keys`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use crate::operation::key::{self, Created, KeyView};
use crate::operation::traffic;
use crate::usage::Hour;
use crate::{Control, Listed, Removed, Stopped};

/// The routes. A key goes by its id, its key string or its name.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/keys", get(list).post(create))
        .route("/keys/{key}", get(show).delete(delete))
        .route("/keys/{key}/usage", get(usage))
        .route("/traffic", get(traffic))
        .route("/keys/{key}/rotate", post(rotate))
        .route("/keys/{key}/suspend", post(suspend))
        .route("/keys/{key}/resume", post(resume))
        .route("/keys/{key}/revoke", post(revoke))
}

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(which): Asked<key::list::Which>,
) -> Answer<Listed<KeyView>> {
    finish(async move { key::list::list(&control, &actor, which).await }).await
}

async fn create(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<key::create::Create>,
) -> Made<Created> {
    made(async move { key::create::create(&control, &actor, input).await }).await
}

async fn show(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<KeyView> {
    finish(async move { key::show::show(&control, &actor, &key).await }).await
}

async fn usage(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<key::usage::Used> {
    finish(async move { key::usage::usage(&control, &actor, &key).await }).await
}

async fn traffic(control: Shared, Acting(actor): Acting) -> Answer<Vec<Hour>> {
    finish(async move { traffic::traffic(&control, &actor).await }).await
}

async fn delete(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<Stopped<Removed>> {
    finish(async move { key::delete::delete(&control, &actor, &key).await }).await
}

async fn rotate(
    control: Shared,
    Acting(actor): Acting,
    Named(key): Named,
    Input(input): Input<key::rotate::Rotate>,
) -> Made<Created> {
    made(async move { key::rotate::rotate(&control, &actor, &key, input).await }).await
}

async fn suspend(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<Stopped<KeyView>> {
    finish(async move { key::suspend::suspend(&control, &actor, &key).await }).await
}

async fn resume(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<KeyView> {
    finish(async move { key::resume::resume(&control, &actor, &key).await }).await
}

async fn revoke(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<Stopped<KeyView>> {
    finish(async move { key::revoke::revoke(&control, &actor, &key).await }).await
}
