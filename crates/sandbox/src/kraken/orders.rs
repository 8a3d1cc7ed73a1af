//! The caller's orders.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::market::text;
use super::names::{order_id, order_of, pair};
use super::order::{described, word};
use super::{Asked, Failure};
use crate::auth::Caller;
use crate::engine::{Engine, Order, Rejection, Status};

pub(super) fn open(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let floor = asked.exchange.floor.lock();
    let open = floor.engine.open_orders(caller.account, None);
    Ok(json!({ "open": rows(&floor.engine, open) }))
}

pub(super) fn closed(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let floor = asked.exchange.floor.lock();
    let mut closed = all(&floor.engine, caller);
    closed.retain(|order| !order.is_open());
    Ok(json!({ "count": closed.len(), "closed": rows(&floor.engine, closed) }))
}

pub(super) fn query(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let ids = asked.params.get("txid").ok_or_else(|| Failure::argument("txid"))?;
    let floor = asked.exchange.floor.lock();
    let all = all(&floor.engine, caller);
    let find = |id: &str| all.iter().find(|order| order_of(id) == Some(order.id)).copied();
    let found: Option<Vec<_>> = ids.split(',').map(find).collect();
    Ok(rows(&floor.engine, found.ok_or(Rejection::NoSuchOrder)?))
}

/// The name of every market.
pub(super) fn symbols(engine: &Engine) -> Vec<String> {
    engine.markets().map(|market| market.symbol.clone()).collect()
}

fn all<'e>(engine: &'e Engine, caller: &Caller) -> Vec<&'e Order> {
    engine.markets().flat_map(|market| engine.orders_of(caller.account, &market.symbol)).collect()
}

fn rows(engine: &Engine, orders: Vec<&Order>) -> Value {
    let row = |order: &Order| (order_id(order.id), row(engine, order));
    Value::Object(orders.into_iter().map(row).collect::<Map<_, _>>())
}

fn row(engine: &Engine, order: &Order) -> Value {
    let name = engine.market(&order.symbol).map(|market| pair(market).altname).unwrap_or_default();
    let (kind, price) = order.terms.limit().map_or(("market", Decimal::ZERO), |price| ("limit", price));
    let average = order.executed_quote.checked_div(order.executed).unwrap_or_default();
    let mut row = json!({
        "refid": null,
        "userref": null,
        "cl_ord_id": order.client_id,
        "status": status(order.status),
        "opentm": seconds(order.created_at_ms),
        "starttm": 0,
        "expiretm": 0,
        "descr": {
            "pair": name, "type": word(order.side), "ordertype": kind, "price": price.to_string(), "price2": "0",
            "leverage": "none", "order": described(&order.terms, order.side, &name), "close": "",
        },
        "vol": text(order.quantity()),
        "vol_exec": text(order.executed),
        "cost": text(order.executed_quote),
        "fee": text(Decimal::ZERO),
        "price": text(average),
        "stopprice": text(Decimal::ZERO),
        "limitprice": text(Decimal::ZERO),
        "misc": "",
        "oflags": "fciq",
    });
    if !order.is_open() {
        row["closetm"] = seconds(order.updated_at_ms);
        row["reason"] = Value::Null;
    }
    row
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::New | Status::PartiallyFilled => "open",
        Status::Filled => "closed",
        Status::Canceled => "canceled",
        Status::Expired | Status::ExpiredInMatch => "expired",
    }
}

/// A time as Kraken writes one: seconds, with a fraction.
pub(super) fn seconds(at_ms: u64) -> Value {
    let text = format!("{}.{:03}", at_ms / 1_000, at_ms % 1_000);
    serde_json::from_str(&text).unwrap_or_default()
}
