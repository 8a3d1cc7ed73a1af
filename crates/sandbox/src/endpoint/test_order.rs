//! Checks an order without placing it.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read};
use crate::auth::{Caller, Right};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::post("/api/v3/order/test", 1, Run::Private(Right::Trade, run));

fn run(asked: &Asked<'_>, _: &Caller) -> Result<Value, Refusal> {
    let new = read::new_order(asked.params)?;
    asked.exchange.floor.lock().engine.check(&new)?;
    Ok(json!({}))
}
