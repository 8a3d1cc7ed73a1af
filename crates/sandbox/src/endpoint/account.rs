//! The caller's balances.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, view};
use crate::auth::{Caller, Right};
use crate::engine::Balance;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint::get("/api/v3/account", 20, Run::Private(Right::Read, run));

const FREE: &str = "0.00000000";

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let hide_empty = asked.params.get("omitZeroBalances") == Some("true");
    let balances = asked.exchange.floor.lock().engine.balances(caller.account);
    let shown = balances.iter().filter(|(_, balance)| !hide_empty || **balance != Balance::default());
    Ok(json!({
        "makerCommission": 0,
        "takerCommission": 0,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": { "maker": FREE, "taker": FREE, "buyer": FREE, "seller": FREE },
        "canTrade": caller.rights.enable_spot_and_margin_trading,
        "canWithdraw": caller.rights.enable_withdrawals,
        "canDeposit": true,
        "brokered": false,
        "requireSelfTradePrevention": false,
        "preventSor": false,
        "updateTime": asked.now_ms,
        "accountType": "SPOT",
        "balances": shown.map(|(asset, balance)| row(asset, *balance)).collect::<Vec<_>>(),
        "permissions": ["SPOT"],
        "uid": caller.account.number(),
    }))
}

fn row(asset: &str, balance: Balance) -> Value {
    json!({ "asset": asset, "free": view::amount(balance.free), "locked": view::amount(balance.locked) })
}
