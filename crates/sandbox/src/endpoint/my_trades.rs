//! The caller's trades on a market.

use serde_json::{Value, json};

use super::read::Page;
use super::{Asked, Endpoint, Run, read, view};
use crate::auth::{Caller, Right};
use crate::engine::{AccountId, Side, Trade};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/myTrades", 20, Run::Private(Right::Read, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let (symbol, page) = (read::symbol(asked.params)?, Page::read(asked.params)?);
    let from_id: Option<u64> = asked.params.number("fromId")?;
    let of_order: Option<u64> = asked.params.number("orderId")?;
    let floor = asked.exchange.floor.lock();
    floor.engine.market(symbol)?;
    let mut trades: Vec<_> = floor.engine.trades_of(caller.account, symbol).collect();
    trades.retain(|trade| from_id.is_none_or(|from| trade.id >= from));
    trades.retain(|trade| of_order.is_none_or(|id| trade.party(caller.account).order.0 == id));
    let trades = page.of(trades, from_id.is_some(), |trade| trade.at_ms);
    Ok(trades.into_iter().map(|trade| row(trade, caller.account)).collect())
}

fn row(trade: &Trade, account: AccountId) -> Value {
    let is_maker = trade.maker.account == account;
    json!({
        "symbol": trade.symbol,
        "id": trade.id,
        "orderId": trade.party(account).order.0,
        "orderListId": -1,
        "price": view::amount(trade.price),
        "qty": view::amount(trade.quantity),
        "quoteQty": view::amount(trade.quote()),
        "commission": "0.00000000",
        "commissionAsset": "BNB",
        "time": trade.at_ms,
        "isBuyer": (trade.taker_side == Side::Buy) != is_maker,
        "isMaker": is_maker,
        "isBestMatch": true,
    })
}
