//! Is anybody there.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/ping", 1, Run::Public(run));

fn run(_: &Asked<'_>) -> Result<Value, Refusal> {
    Ok(json!({}))
}
