//! What several endpoints read from their parameters.

use rust_decimal::Decimal;

use crate::engine::{Market, Named, NewOrder, OrderId, Rejection, Side, Terms, TimeInForce};
use crate::error::Refusal;
use crate::params::Params;

const SYMBOL: &str = "^[A-Z0-9-_.]{1,20}$";
const CLIENT_ID: &str = "^[a-zA-Z0-9-_]{1,36}$";

/// The part of a list that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) from_ms: Option<u64>,
    pub(super) to_ms: Option<u64>,
    pub(super) limit: usize,
}

impl Page {
    /// `startTime`, `endTime` and `limit`.
    pub(super) fn read(params: &Params) -> Result<Self, Refusal> {
        let (from_ms, to_ms) = (params.number("startTime")?, params.number("endTime")?);
        Ok(Self { from_ms, to_ms, limit: limit(params, 500, 1_000)? })
    }

    /// The first of what is left where a start is named, else the last.
    pub(super) fn of<T>(&self, rows: Vec<T>, is_from_start: bool, at_ms: impl Fn(&T) -> u64) -> Vec<T> {
        let (from, to) = (self.from_ms.unwrap_or(0), self.to_ms.unwrap_or(u64::MAX));
        let mut rows: Vec<T> = rows.into_iter().filter(|row| (from..=to).contains(&at_ms(row))).collect();
        if is_from_start || self.from_ms.is_some() {
            rows.truncate(self.limit);
        } else {
            rows.drain(..rows.len().saturating_sub(self.limit));
        }
        rows
    }
}

/// `limit`, brought into range.
pub(super) fn limit(params: &Params, usual: usize, most: usize) -> Result<usize, Refusal> {
    Ok(params.number("limit")?.unwrap_or(usual).clamp(1, most))
}

/// `symbol`, where one must be named.
pub(super) fn symbol(params: &Params) -> Result<&str, Refusal> {
    legal("symbol", params.required("symbol")?, SYMBOL)
}

/// The markets of `symbol`, `symbols`, or all; and whether one was named, which is then answered without a list.
pub(super) fn markets<'e>(
    params: &Params,
    all: impl Iterator<Item = &'e Market>,
) -> Result<(Vec<&'e Market>, bool), Refusal> {
    let named: Option<Vec<String>> = match (params.get("symbol"), params.get("symbols")) {
        (Some(_), _) => Some(vec![symbol(params)?.to_owned()]),
        (None, Some(list)) => Some(serde_json::from_str(list).map_err(|_| Refusal::BadData("symbols"))?),
        (None, None) => None,
    };
    let is_named = |market: &&Market| named.as_ref().is_none_or(|named| named.contains(&market.symbol));
    let markets: Vec<_> = all.filter(is_named).collect();
    match named {
        Some(named) if named.len() != markets.len() => Err(Rejection::UnknownSymbol.into()),
        _ => Ok((markets, params.get("symbol").is_some())),
    }
}

/// A client's own id.
pub(super) fn client_id(params: &Params, name: &'static str) -> Result<Option<String>, Refusal> {
    params.get(name).map(|id| legal(name, id, CLIENT_ID).map(str::to_owned)).transpose()
}

/// `orderId` or `origClientOrderId`, or what an endpoint calls them.
pub(super) fn named(params: &Params, id: &'static str, client: &'static str) -> Result<Named, Refusal> {
    match (params.number(id)?, client_id(params, client)?) {
        (Some(number), _) => Ok(Named::Id(OrderId(number))),
        (None, Some(text)) => Ok(Named::ClientId(text)),
        (None, None) => Err(Refusal::BothMissing(id, client)),
    }
}

/// A new order.
pub(super) fn new_order(params: &Params) -> Result<NewOrder, Refusal> {
    let symbol = symbol(params)?.to_owned();
    let side = match params.required("side")? {
        "BUY" => Side::Buy,
        "SELL" => Side::Sell,
        _ => return Err(Refusal::BadSide),
    };
    Ok(NewOrder { symbol, side, terms: terms(params)?, client_id: client_id(params, "newClientOrderId")? })
}

fn terms(params: &Params) -> Result<Terms, Refusal> {
    let needed = |name| exact(params, name)?.ok_or(Refusal::Missing(name));
    match params.required("type")? {
        "LIMIT" => {
            let time_in_force = time_in_force(params)?;
            Ok(Terms::Limit { price: needed("price")?, quantity: needed("quantity")?, time_in_force })
        }
        "LIMIT_MAKER" => {
            absent(params, &["timeInForce", "quoteOrderQty"])?;
            Ok(Terms::LimitMaker { price: needed("price")?, quantity: needed("quantity")? })
        }
        "MARKET" => {
            absent(params, &["timeInForce", "price"])?;
            match (exact(params, "quantity")?, exact(params, "quoteOrderQty")?) {
                (Some(quantity), None) => Ok(Terms::Market { quantity }),
                (None, Some(quote)) => Ok(Terms::MarketQuote { quote }),
                (Some(_), Some(_)) => Err(Refusal::NotRequired("quoteOrderQty")),
                (None, None) => Err(Refusal::BothMissing("quantity", "quoteOrderQty")),
            }
        }
        _ => Err(Refusal::BadOrderType),
    }
}

fn time_in_force(params: &Params) -> Result<TimeInForce, Refusal> {
    match params.required("timeInForce")? {
        "GTC" => Ok(TimeInForce::Gtc),
        "IOC" => Ok(TimeInForce::Ioc),
        "FOK" => Ok(TimeInForce::Fok),
        _ => Err(Refusal::BadTimeInForce),
    }
}

fn absent(params: &Params, names: &[&'static str]) -> Result<(), Refusal> {
    let sent = names.iter().find(|name| params.get(name).is_some());
    sent.map_or(Ok(()), |name| Err(Refusal::NotRequired(name)))
}

/// An amount of at most 8 decimals, which is as exact as money gets.
pub(super) fn exact(params: &Params, name: &'static str) -> Result<Option<Decimal>, Refusal> {
    let amount = params.amount(name)?.map(|amount| amount.normalize());
    let is_too_precise = amount.is_some_and(|amount| amount.scale() > 8);
    if is_too_precise { Err(Refusal::TooPrecise(name)) } else { Ok(amount) }
}

/// Checks a text against the range that is shown with the refusal.
fn legal<'t>(name: &'static str, text: &'t str, range: &'static str) -> Result<&'t str, Refusal> {
    let (most, lower, extra) = if range == SYMBOL { (20, false, "-_.") } else { (36, true, "-_") };
    let is_legal = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || extra.contains(c);
    let fits = (1..=most).contains(&text.len());
    if fits && text.chars().all(|c| is_legal(c) || lower && c.is_ascii_lowercase()) {
        Ok(text)
    } else {
        Err(Refusal::IllegalCharacters(name, range))
    }
}
