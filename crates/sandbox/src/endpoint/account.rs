//! The caller's balances.

use http::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Asked, Endpoint, Run};
use crate::auth::{Caller, Right};
use crate::engine::Balance;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint = Endpoint {
    method: Method::GET,
    path: "/api/v3/account",
    weight: (20, 20),
    run: Run::Private(Right::Read, run),
};

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let hide_empty = asked.params.get("omitZeroBalances") == Some("true");
    let balances = asked.exchange.engine.lock().balances(caller.account);
    let shown = balances.iter().filter(|(_, balance)| !hide_empty || **balance != Balance::default());
    Ok(json!({
        "makerCommission": 0, "takerCommission": 0, "buyerCommission": 0, "sellerCommission": 0,
        "commissionRates": { "maker": "0.00000000", "taker": "0.00000000", "buyer": "0.00000000", "seller": "0.00000000" },
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
        "uid": 1_000 + caller.account.number(),
    }))
}

fn row(asset: &str, balance: Balance) -> Value {
    json!({ "asset": asset, "free": money(balance.free), "locked": money(balance.locked) })
}

fn money(amount: Decimal) -> String {
    format!("{amount:.8}")
}
