//! `/credentials`.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use crate::operation::credential::{self, CredentialView};
use crate::{Control, Listed, Part, Removed, Stopped};

/// The routes. A credential that is called `generate` can be reached by its id only.
pub(super) fn routes() -> Router<Arc<Control>> {
    Router::new()
        .route("/credentials", get(list).post(add))
        .route("/credentials/generate", post(generate))
        .route("/credentials/{credential}", get(show).delete(remove))
        .route("/credentials/{credential}/check", post(check))
        .route("/credentials/{credential}/api-key", post(set_api_key))
}

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<CredentialView>> {
    finish(async move { credential::list::list(&control, &actor, part).await }).await
}

async fn add(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<credential::add::Add>,
) -> Made<CredentialView> {
    made(async move { credential::add::add(&control, &actor, input).await }).await
}

async fn generate(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<credential::generate::Generate>,
) -> Made<CredentialView> {
    made(async move { credential::generate::generate(&control, &actor, input).await }).await
}

async fn show(control: Shared, Acting(actor): Acting, Named(name): Named) -> Answer<CredentialView> {
    finish(async move { credential::show::show(&control, &actor, &name).await }).await
}

async fn remove(control: Shared, Acting(actor): Acting, Named(name): Named) -> Answer<Stopped<Removed>> {
    finish(async move { credential::remove::remove(&control, &actor, &name).await }).await
}

async fn check(
    control: Shared,
    Acting(actor): Acting,
    Named(name): Named,
) -> Answer<credential::check::Checked> {
    finish(async move { credential::check::check(&control, &actor, &name).await }).await
}

async fn set_api_key(
    control: Shared,
    Acting(actor): Acting,
    Named(name): Named,
    Input(input): Input<credential::set_api_key::SetApiKey>,
) -> Answer<CredentialView> {
    finish(async move { credential::set_api_key::set_api_key(&control, &actor, &name, input).await }).await
}
