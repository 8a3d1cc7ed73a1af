//! Places and cancels orders.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::names::{market, order_id, order_of};
use super::{Asked, Failure, orders};
use crate::auth::Caller;
use crate::engine::{Named, NewOrder, Order, Rejection, Side, Terms, TimeInForce};

pub(super) fn add(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let mut floor = asked.exchange.floor.lock();
    let name = asked.params.get("pair").ok_or_else(|| Failure::argument("pair"))?;
    let symbol = market(floor.engine.markets(), name)?.symbol.clone();
    let client_id = asked.params.get("cl_ord_id").map(str::to_owned);
    let new = NewOrder { symbol, side: side(asked)?, terms: terms(asked)?, client_id };
    if asked.params.get("validate") == Some("true") {
        floor.engine.check(&new)?;
        return Ok(json!({ "descr": { "order": described(&new.terms, new.side, name) } }));
    }
    let order = floor.place(caller.account, new, asked.now_ms)?.order;
    Ok(json!({
        "descr": { "order": described(&order.terms, order.side, name) }, "txid": [order_id(order.id)],
    }))
}

/// The order in words, as clients take it apart.
pub(super) fn described(terms: &Terms, side: Side, pair: &str) -> String {
    let quantity = match terms {
        Terms::MarketQuote { quote } => *quote,
        _ => terms.quantity().unwrap_or_default(),
    };
    let how = terms.limit().map_or("market".to_owned(), |price| format!("limit {price}"));
    format!("{} {quantity:.8} {pair} @ {how}", word(side))
}

pub(super) const fn word(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

fn side(asked: &Asked<'_>) -> Result<Side, Failure> {
    match asked.params.get("type") {
        Some("buy") => Ok(Side::Buy),
        Some("sell") => Ok(Side::Sell),
        _ => Err(Failure::argument("type")),
    }
}

fn terms(asked: &Asked<'_>) -> Result<Terms, Failure> {
    let amount = |name| asked.params.amount(name)?.ok_or_else(|| Failure::argument(name));
    let volume: Decimal = amount("volume")?;
    let flags: Vec<&str> = asked.params.get("oflags").unwrap_or_default().split(',').collect();
    match asked.params.get("ordertype") {
        Some("market") if flags.contains(&"viqc") => Ok(Terms::MarketQuote { quote: volume }),
        Some("market") => Ok(Terms::Market { quantity: volume }),
        Some("limit") if flags.contains(&"post") => {
            Ok(Terms::LimitMaker { price: amount("price")?, quantity: volume })
        }
        Some("limit") => {
            let time_in_force = time_in_force(asked)?;
            Ok(Terms::Limit { price: amount("price")?, quantity: volume, time_in_force })
        }
        _ => Err(Failure::argument("ordertype")),
    }
}

fn time_in_force(asked: &Asked<'_>) -> Result<TimeInForce, Failure> {
    match asked.params.get("timeinforce") {
        None | Some("GTC") => Ok(TimeInForce::Gtc),
        Some("IOC") => Ok(TimeInForce::Ioc),
        Some("FOK") => Ok(TimeInForce::Fok),
        Some(_) => Err(Failure::argument("timeinforce")),
    }
}

pub(super) fn cancel(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let mut floor = asked.exchange.floor.lock();
    let meant = |order: &&Order| match (asked.params.get("txid"), asked.params.get("cl_ord_id")) {
        (Some(id), _) => order_of(id) == Some(order.id),
        (None, Some(client_id)) => order.client_id == client_id,
        (None, None) => false,
    };
    let open = floor.engine.open_orders(caller.account, None);
    let found = open.into_iter().find(meant).ok_or(Rejection::NoSuchOrder)?;
    let (symbol, named) = (found.symbol.clone(), Named::Id(found.id));
    floor.engine.cancel(caller.account, &symbol, &named, asked.now_ms)?;
    Ok(json!({ "count": 1 }))
}

pub(super) fn cancel_all(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let mut floor = asked.exchange.floor.lock();
    let markets = orders::symbols(&floor.engine);
    let count: usize = markets
        .iter()
        .filter_map(|symbol| floor.engine.cancel_all(caller.account, symbol, asked.now_ms).ok())
        .map(|cancelled| cancelled.len())
        .sum();
    Ok(json!({ "count": count }))
}
