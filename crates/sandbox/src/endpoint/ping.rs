//! Is anybody there.

use http::Method;
use serde_json::{Value, json};

use super::{Asked, Endpoint, Run};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint { method: Method::GET, path: "/api/v3/ping", weight: (1, 1), run: Run::Public(run) };

fn run(_: &Asked<'_>) -> Result<Value, Refusal> {
    Ok(json!({}))
}
