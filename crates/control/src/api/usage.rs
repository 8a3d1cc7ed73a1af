//! `/keys/{key}/usage` and `/traffic`: what keys did.

use keyward_policy::Operation;

use super::Shared;
use super::finish::{Answer, finish};
use super::input::{Acting, Named};
use super::routes::{Routes, Told, does};
use crate::Code;
use crate::operation::key::usage::{Used, usage as used};
use crate::operation::traffic;
use crate::page::All;
use crate::usage::Hour;

/// The routes.
pub(super) fn routes() -> Routes {
    Routes::of("usage").get("/keys/{key}/usage", USAGE, usage).get("/traffic", TRAFFIC, traffic)
}

const USAGE: Told = does(
    Operation::KeyUsage,
    "Tell when, from where and for what a key was used, and why it was refused",
    &[Code::KeyUnknown, Code::KeyAmbiguous],
);

async fn usage(control: Shared, Acting(actor): Acting, Named(key): Named) -> Answer<Used> {
    finish(async move { used(&control, &actor, &key).await }).await
}

const TRAFFIC: Told = does(Operation::Traffic, "Count the requests of the last two days by the hour", &[]);

async fn traffic(control: Shared, Acting(actor): Acting) -> Answer<All<Hour>> {
    finish(async move { traffic::traffic(&control, &actor).await.map(All) }).await
}
