//! `/credentials`.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, Made, finish, made};
use super::input::{Acting, Asked, Input, Named};
use super::routes::{Routes, Told, does};
use super::tag::{Known, Tagged};
use crate::operation::credential::{self, CredentialView};
use crate::{Code, Listed, Part, Removed, Stopped};

/// The routes. A credential that is called `generate` can be reached by its id only.
pub(super) fn routes() -> Routes {
    Routes::of("credentials")
        .get("/credentials", LIST, list)
        .post("/credentials", ADD, add)
        .post("/credentials/generate", GENERATE, generate)
        .get("/credentials/{credential}", SHOW, show)
        .delete("/credentials/{credential}", REMOVE, remove)
        .post("/credentials/{credential}/check", CHECK, check)
        .post("/credentials/{credential}/api-key", SET_API_KEY, set_api_key)
}

const LIST: Told = does(Operation::CredentialList, "List the real keys", &[]);

async fn list(
    control: Shared,
    Acting(actor): Acting,
    Asked(part): Asked<Part>,
) -> Answer<Listed<CredentialView>> {
    finish(async move { credential::list::list(&control, &actor, part).await }).await
}

const ADD: Told = does(
    Operation::CredentialAdd,
    "Seal a real key",
    &[
        Code::NameInvalid,
        Code::NameTaken,
        Code::VenueUnknown,
        Code::VenueTakesNoCredential,
        Code::ProjectUnknown,
        Code::ApiKeyInvalid,
        Code::ApiKeyFixed,
        Code::SecretInvalid,
        Code::KeyTypeUnsupported,
        Code::PassphraseUnused,
        Code::VaultSealed,
    ],
);

async fn add(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<credential::add::Add>,
) -> Made<CredentialView> {
    made(async move { credential::add::add(&control, &actor, input).await }).await
}

const GENERATE: Told = does(
    Operation::CredentialGenerate,
    "Make a pair in the vault",
    &[
        Code::NameInvalid,
        Code::NameTaken,
        Code::VenueUnknown,
        Code::VenueTakesNoCredential,
        Code::ProjectUnknown,
        Code::KeyTypeUnsupported,
        Code::VaultSealed,
    ],
);

async fn generate(
    control: Shared,
    Acting(actor): Acting,
    Input(input): Input<credential::generate::Generate>,
) -> Made<CredentialView> {
    made(async move { credential::generate::generate(&control, &actor, input).await }).await
}

const SHOW: Told = does(Operation::CredentialShow, "Show one", &[Code::CredentialUnknown]);

async fn show(
    control: Shared,
    Acting(actor): Acting,
    Named(name): Named,
    known: Known,
) -> Tagged<CredentialView> {
    known.or(finish(async move { credential::show::show(&control, &actor, &name).await }).await)
}

const REMOVE: Told =
    does(Operation::CredentialRemove, "Remove one that no key uses", &[Code::CredentialUnknown, Code::InUse]);

async fn remove(control: Shared, Acting(actor): Acting, Named(name): Named) -> Answer<Stopped<Removed>> {
    finish(async move { credential::remove::remove(&control, &actor, &name).await }).await
}

const CHECK: Told = does(
    Operation::CredentialCheck,
    "Ask the exchange what it may do",
    &[
        Code::CredentialUnknown,
        Code::ApiKeyMissing,
        Code::VaultSealed,
        Code::VenueUnreachable,
        Code::VenueRefused,
        Code::CredentialBusy,
    ],
);

async fn check(
    control: Shared,
    Acting(actor): Acting,
    Named(name): Named,
) -> Answer<credential::check::Checked> {
    finish(async move { credential::check::check(&control, &actor, &name).await }).await
}

const SET_API_KEY: Told = does(
    Operation::CredentialApiKey,
    "Say what the exchange calls a pair that was made here",
    &[Code::CredentialUnknown, Code::ApiKeyInvalid, Code::ApiKeyFixed],
);

async fn set_api_key(
    control: Shared,
    Acting(actor): Acting,
    Named(name): Named,
    Input(input): Input<credential::set_api_key::SetApiKey>,
) -> Answer<CredentialView> {
    finish(async move { credential::set_api_key::set_api_key(&control, &actor, &name, input).await }).await
}
