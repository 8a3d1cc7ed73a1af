//! Every endpoint: one file each, one row each in the table that the server routes by.

mod account;
mod agg_trades;
mod all_orders;
mod api_restrictions;
mod avg_price;
mod cancel_order;
mod cancel_orders;
mod cancel_replace;
mod coins;
mod deposit_address;
mod depth;
mod exchange_info;
mod futures_info;
mod klines;
mod margin_pairs;
mod my_trades;
mod new_order;
mod open_orders;
mod ping;
mod query_order;
mod read;
mod test_order;
mod ticker_24hr;
mod ticker_book;
mod ticker_price;
mod time;
mod trades;
mod view;
mod withdraw_apply;
mod withdraw_history;

use axum::routing::MethodFilter;
use serde_json::Value;

use crate::auth::{Caller, Right};
use crate::error::Refusal;
use crate::exchange::Exchange;
use crate::params::Params;
use crate::rates::Pool;

/// One request to an endpoint.
pub(crate) struct Asked<'a> {
    pub(crate) exchange: &'a Exchange,
    pub(crate) params: &'a Params,
    pub(crate) now_ms: u64,
}

/// One endpoint.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint {
    pub(crate) method: MethodFilter,
    pub(crate) path: &'static str,
    pub(crate) run: Run,
    /// What it costs about one symbol, and about all.
    weight: (u32, u32),
}

/// What an endpoint asks of the caller, and what it does.
#[derive(Clone, Copy)]
pub(crate) enum Run {
    /// For everybody.
    Public(fn(&Asked<'_>) -> Result<Value, Refusal>),
    /// For a caller who has proved who he is, and has the right.
    Private(Right, fn(&Asked<'_>, &Caller) -> Result<Value, Refusal>),
    /// The same with [`Right::Trade`], and counted as an order.
    Order(fn(&Asked<'_>, &Caller) -> Result<Value, Refusal>),
}

impl Endpoint {
    const fn get(path: &'static str, weight: u32, run: Run) -> Self {
        Self { method: MethodFilter::GET, path, run, weight: (weight, weight) }
    }

    const fn post(path: &'static str, weight: u32, run: Run) -> Self {
        Self { method: MethodFilter::POST, ..Self::get(path, weight, run) }
    }

    const fn delete(path: &'static str, weight: u32, run: Run) -> Self {
        Self { method: MethodFilter::DELETE, ..Self::get(path, weight, run) }
    }

    /// The same with another weight where no symbol is named.
    const fn weighing_for_all(self, weight: u32) -> Self {
        Self { weight: (self.weight.0, weight), ..self }
    }

    /// What a request with these parameters costs.
    pub(crate) fn weight(&self, params: &Params) -> u32 {
        if params.get("symbol").is_some() { self.weight.0 } else { self.weight.1 }
    }

    /// Which limit it counts against.
    pub(crate) fn pool(&self) -> Pool {
        if self.path.starts_with("/sapi/") { Pool::Sapi } else { Pool::Api }
    }
}

/// Every endpoint that there is.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    ping::ENDPOINT,
    time::ENDPOINT,
    exchange_info::ENDPOINT,
    futures_info::LINEAR,
    futures_info::INVERSE,
    margin_pairs::CROSS,
    margin_pairs::ISOLATED,
    depth::ENDPOINT,
    trades::ENDPOINT,
    agg_trades::ENDPOINT,
    klines::ENDPOINT,
    avg_price::ENDPOINT,
    ticker_24hr::ENDPOINT,
    ticker_price::ENDPOINT,
    ticker_book::ENDPOINT,
    account::ENDPOINT,
    new_order::ENDPOINT,
    test_order::ENDPOINT,
    query_order::ENDPOINT,
    cancel_order::ENDPOINT,
    cancel_orders::ENDPOINT,
    cancel_replace::ENDPOINT,
    open_orders::ENDPOINT,
    all_orders::ENDPOINT,
    my_trades::ENDPOINT,
    withdraw_apply::ENDPOINT,
    withdraw_history::ENDPOINT,
    deposit_address::ENDPOINT,
    api_restrictions::ENDPOINT,
    coins::ENDPOINT,
];
