//! The exchange's clock.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/time", 1, Run::Public(run));

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    Ok(json!({ "serverTime": asked.now_ms }))
}
