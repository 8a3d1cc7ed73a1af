//! Every asset with its networks, and how much of it the caller owns.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, view};
use crate::auth::{Caller, Right};
use crate::engine::{Balance, network};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/sapi/v1/capital/config/getall", 10, Run::Private(Right::Read, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let floor = asked.exchange.floor.lock();
    let owned = floor.engine.balances(caller.account);
    let assets = floor.engine.assets().into_iter();
    Ok(assets.map(|asset| row(asset, owned.get(asset).copied().unwrap_or_default())).collect())
}

fn row(asset: &str, owned: Balance) -> Value {
    json!({
        "coin": asset,
        "name": asset,
        "free": view::amount(owned.free),
        "locked": view::amount(owned.locked),
        "freeze": "0", "ipoable": "0", "ipoing": "0", "storage": "0", "withdrawing": "0",
        "depositAllEnable": true,
        "withdrawAllEnable": true,
        "trading": true,
        "isLegalMoney": false,
        "networkList": [{
            "network": network(asset),
            "coin": asset,
            "name": network(asset),
            "isDefault": true,
            "depositEnable": true,
            "withdrawEnable": true,
            "withdrawFee": "0",
            "withdrawMin": "0.00000001",
            "withdrawMax": "9999999999",
            "withdrawIntegerMultiple": "0.00000001",
            "minConfirm": 1,
            "unLockConfirm": 0,
            "addressRegex": "^[!-~]{1,128}$",
            "memoRegex": "",
            "busy": false,
        }],
    })
}
