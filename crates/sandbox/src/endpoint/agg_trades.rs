//! The trades of a market, those of one order at one price taken together.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::read::Page;
use super::{Asked, Endpoint, Run, read, view};
use crate::engine::Trade;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/aggTrades", 4, Run::Public(run));

/// Trades of one order at one price. Named by the first of them.
struct Together<'t> {
    first: &'t Trade,
    last_id: u64,
    quantity: Decimal,
}

fn run(asked: &Asked<'_>) -> Result<Value, Refusal> {
    let page = Page::read(asked.params)?;
    let from_id: Option<u64> = asked.params.number("fromId")?;
    let floor = asked.exchange.floor.lock();
    let market = floor.engine.market(read::symbol(asked.params)?)?;
    let mut rows = together(market.trades.iter());
    rows.retain(|row| from_id.is_none_or(|from| row.first.id >= from));
    Ok(page.of(rows, from_id.is_some(), |row| row.first.at_ms).iter().map(row).collect())
}

fn together<'t>(trades: impl Iterator<Item = &'t Trade>) -> Vec<Together<'t>> {
    let mut rows: Vec<Together<'t>> = Vec::new();
    for trade in trades {
        match rows.last_mut() {
            Some(row) if (row.first.taker, row.first.price) == (trade.taker, trade.price) => {
                row.last_id = trade.id;
                row.quantity += trade.quantity;
            }
            _ => rows.push(Together { first: trade, last_id: trade.id, quantity: trade.quantity }),
        }
    }
    rows
}

fn row(row: &Together<'_>) -> Value {
    json!({
        "a": row.first.id,
        "p": view::amount(row.first.price),
        "q": view::amount(row.quantity),
        "f": row.first.id,
        "l": row.last_id,
        "T": row.first.at_ms,
        "m": row.first.buyer_is_maker(),
        "M": true,
    })
}
