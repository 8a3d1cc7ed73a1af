//! The order book of a market.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, view};
use crate::engine::Side;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/depth", 5, Run::Public(run));

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let limit = read::limit(asked.params, 100, 5_000)?;
    let floor = asked.exchange.floor.lock();
    let market = floor.engine.market(read::symbol(asked.params)?)?;
    let levels = |side| floor.engine.depth(market, side, limit).iter().map(view::level).collect::<Vec<_>>();
    Ok(json!({
        "lastUpdateId": floor.engine.sequence(),
        "bids": levels(Side::Buy),
        "asks": levels(Side::Sell),
    }))
}
