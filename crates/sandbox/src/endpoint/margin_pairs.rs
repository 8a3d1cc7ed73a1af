//! Margin markets: there are none here. Clients ask for them all the same before they trade spot (ccxt does).

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run};
use crate::error::Refusal;

pub(super) const CROSS: Endpoint = Endpoint::get("/sapi/v1/margin/allPairs", 1, Run::Public(run));
pub(super) const ISOLATED: Endpoint =
    Endpoint::get("/sapi/v1/margin/isolated/allPairs", 10, Run::Public(run));

fn run(_: &Asked<'_>) -> Result<Value, Refusal> {
    Ok(json!([]))
}
