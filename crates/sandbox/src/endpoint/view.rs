//! How orders, trades and amounts are shown.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::engine::{Level, Order, Placed, Side, Status, Terms, TimeInForce, Trade};

/// An amount with 8 decimals, which is as exact as money gets.
pub(super) fn amount(value: Decimal) -> String {
    format!("{value:.8}")
}

/// One price of a book.
pub(super) fn level(level: &Level) -> Value {
    json!([amount(level.price), amount(level.quantity)])
}

/// An order as its owner asks for it.
pub(super) fn order(order: &Order) -> Value {
    let mut row = outcome(order);
    extend(
        &mut row,
        json!({
            "stopPrice": "0.00000000",
            "icebergQty": "0.00000000",
            "time": order.created_at_ms,
            "updateTime": order.updated_at_ms,
            "isWorking": true,
        }),
    );
    row
}

/// An order that was taken back.
pub(super) fn canceled(order: &Order, client_id: Option<String>, now_ms: u64) -> Value {
    let mut row = outcome(order);
    extend(
        &mut row,
        json!({
            "origClientOrderId": order.client_id,
            "clientOrderId": client_id.unwrap_or_else(|| format!("cancel-{}", order.id.0)),
            "transactTime": now_ms,
        }),
    );
    row
}

/// An order that was just placed, in the detail that the client chose.
pub(super) fn placed(placed: &Placed, detail: &str, now_ms: u64) -> Value {
    let order = &placed.order;
    let mut row = json!({
        "symbol": order.symbol,
        "orderId": order.id.0,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "transactTime": now_ms,
    });
    if detail != "ACK" {
        extend(&mut row, outcome(order));
    }
    if detail == "FULL" {
        extend(&mut row, json!({ "fills": placed.trades.iter().map(fill).collect::<Vec<_>>() }));
    }
    row
}

/// What became of an order.
fn outcome(order: &Order) -> Value {
    let quote = if let Terms::MarketQuote { quote } = order.terms { quote } else { Decimal::ZERO };
    json!({
        "symbol": order.symbol,
        "orderId": order.id.0,
        "orderListId": -1,
        "clientOrderId": order.client_id,
        "price": amount(order.terms.limit().unwrap_or_default()),
        "origQty": amount(order.quantity()),
        "executedQty": amount(order.executed),
        "cummulativeQuoteQty": amount(order.executed_quote),
        "origQuoteOrderQty": amount(quote),
        "status": status(order.status),
        "timeInForce": time_in_force(&order.terms),
        "type": kind(&order.terms),
        "side": side(order.side),
        "workingTime": order.created_at_ms,
        "selfTradePreventionMode": "EXPIRE_MAKER",
    })
}

fn fill(trade: &Trade) -> Value {
    json!({
        "price": amount(trade.price),
        "qty": amount(trade.quantity),
        "commission": "0.00000000",
        "commissionAsset": "BNB",
        "tradeId": trade.id,
    })
}

fn extend(row: &mut Value, more: Value) {
    if let (Value::Object(row), Value::Object(more)) = (row, more) {
        row.extend(more);
    }
}

fn status(status: Status) -> &'static str {
    match status {
        Status::New => "NEW",
        Status::PartiallyFilled => "PARTIALLY_FILLED",
        Status::Filled => "FILLED",
        Status::Canceled => "CANCELED",
        Status::Expired => "EXPIRED",
        Status::ExpiredInMatch => "EXPIRED_IN_MATCH",
    }
}

fn kind(terms: &Terms) -> &'static str {
    match terms {
        Terms::Limit { .. } => "LIMIT",
        Terms::LimitMaker { .. } => "LIMIT_MAKER",
        Terms::Market { .. } | Terms::MarketQuote { .. } => "MARKET",
    }
}

fn time_in_force(terms: &Terms) -> &'static str {
    match terms {
        Terms::Limit { time_in_force: TimeInForce::Ioc, .. } => "IOC",
        Terms::Limit { time_in_force: TimeInForce::Fok, .. } => "FOK",
        _ => "GTC",
    }
}

fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// The only row where one market was named, else the list.
pub(super) fn one_or_all(mut rows: Vec<Value>, is_one: bool) -> Value {
    if is_one && rows.len() == 1 { rows.swap_remove(0) } else { Value::Array(rows) }
}
