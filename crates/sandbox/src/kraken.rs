//! The same exchange in the words of Kraken's Spot REST API (`/0/public/…`, `/0/private/…`): one market, one set of
//! accounts, and strict about nonces.
//!
//! Unmodified clients (ccxt, python-kraken-sdk) trade on it. Where it simplifies: orders are market and limit orders
//! (`oflags=post` and `viqc`, `timeinforce`), bodies are forms, lists come whole, and nobody is limited in how often he
//! calls. Errors come with status 200, as Kraken's do.

mod account;
mod auth;
mod failure;
mod funding;
mod market;
mod names;
mod nonces;
mod order;
mod orders;
mod pipeline;
mod trades;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request};
use axum::routing::{get, post};
use serde_json::Value;

pub(crate) use failure::Failure;
pub(crate) use nonces::{Nonces, show as show_nonces};

use crate::auth::{Caller, Right};
use crate::exchange::Exchange;
use crate::params::Params;

/// One call.
pub(crate) struct Asked<'a> {
    exchange: &'a Exchange,
    params: &'a Params,
    now_ms: u64,
}

type Public = fn(&Asked<'_>) -> Result<Value, Failure>;
type Private = fn(&Asked<'_>, &Caller) -> Result<Value, Failure>;

const PUBLIC: &[(&str, Public)] = &[
    ("Time", market::time),
    ("SystemStatus", market::status),
    ("Assets", market::assets),
    ("AssetPairs", market::pairs),
    ("Ticker", market::ticker),
    ("Depth", market::depth),
];

const PRIVATE: &[(&str, Right, Private)] = &[
    ("Balance", Right::Read, account::balance),
    ("BalanceEx", Right::Read, account::balance_ex),
    ("TradeBalance", Right::Read, account::trade_balance),
    ("GetApiKeyInfo", Right::Read, account::key_info),
    ("GetWebSocketsToken", Right::Read, account::token),
    ("AddOrder", Right::Trade, order::add),
    ("CancelOrder", Right::Trade, order::cancel),
    ("CancelAll", Right::Trade, order::cancel_all),
    ("OpenOrders", Right::Read, orders::open),
    ("ClosedOrders", Right::Read, orders::closed),
    ("QueryOrders", Right::Read, orders::query),
    ("TradesHistory", Right::Read, trades::history),
    ("QueryTrades", Right::Read, trades::query),
    ("Withdraw", Right::Withdraw, funding::withdraw),
];

/// The routes of Kraken's API.
pub(crate) fn router(exchange: &Arc<Exchange>) -> Router<Arc<Exchange>> {
    let (public, private) = (Arc::clone(exchange), Arc::clone(exchange));
    let public = move |Path(call): Path<String>, request: Request| async move {
        pipeline::public(&public, &call, request).await
    };
    let private = move |Path(call): Path<String>, request: Request| async move {
        pipeline::private(&private, &call, request).await
    };
    Router::new()
        .route("/0/public/{call}", get(public.clone()).post(public))
        .route("/0/private/{call}", post(private))
}
