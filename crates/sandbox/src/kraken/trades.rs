//! The caller's trades.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::market::text;
use super::names::{order_id, pair, trade_id};
use super::order::word;
use super::orders::seconds;
use super::{Asked, Failure};
use crate::auth::Caller;
use crate::engine::{AccountId, Market, Side, Trade};

pub(super) fn history(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let trades = all(asked, caller);
    Ok(json!({ "count": trades.len(), "trades": trades }))
}

pub(super) fn query(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let ids = asked.params.get("txid").ok_or_else(|| Failure::argument("txid"))?;
    let mut all = all(asked, caller);
    let found: Option<Map<_, _>> = ids.split(',').map(|id| Some((id.to_owned(), all.remove(id)?))).collect();
    found.map(Value::Object).ok_or_else(|| Failure::argument("txid"))
}

fn all(asked: &Asked<'_>, caller: &Caller) -> Map<String, Value> {
    let floor = asked.exchange.floor.lock();
    let of_market = |market: &Market| {
        let trades = floor.engine.trades_of(caller.account, &market.symbol);
        trades.map(|trade| (trade_id(trade), row(trade, market, caller.account))).collect::<Vec<_>>()
    };
    floor.engine.markets().flat_map(of_market).collect()
}

fn row(trade: &Trade, market: &Market, account: AccountId) -> Value {
    let is_maker = trade.maker.account == account;
    let buys = (trade.taker_side == Side::Buy) != is_maker;
    json!({
        "ordertxid": order_id(trade.party(account).order),
        "postxid": "TKH2SE-M7IF5-CFI7LT",
        "pair": pair(market).id,
        "time": seconds(trade.at_ms),
        "type": word(if buys { Side::Buy } else { Side::Sell }),
        "ordertype": "limit",
        "price": text(trade.price),
        "cost": text(trade.quote()),
        "fee": text(Decimal::ZERO),
        "vol": text(trade.quantity),
        "margin": text(Decimal::ZERO),
        "leverage": "0",
        "misc": "",
        "trade_id": trade.id,
        "maker": is_maker,
    })
}
