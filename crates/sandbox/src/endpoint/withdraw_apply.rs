//! Sends money away. It is gone at once, and costs nothing.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read, withdraw_history};
use crate::auth::{Caller, Right};
use crate::engine::NewWithdrawal;
use crate::error::Refusal;
use crate::params::Params;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::post("/sapi/v1/capital/withdraw/apply", 1, Run::Private(Right::Withdraw, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let new = NewWithdrawal {
        asset: asked.params.required("coin")?.to_owned(),
        address: address(asked.params)?,
        amount: amount(asked.params)?,
        network: asked.params.get("network").map(str::to_owned),
        client_id: read::client_id(asked.params, "withdrawOrderId")?,
    };
    let withdrawal = asked.exchange.floor.lock().engine.withdraw(caller.account, new, asked.now_ms)?;
    Ok(json!({ "id": withdraw_history::id(&withdrawal) }))
}

fn address(params: &Params) -> Result<String, Refusal> {
    let address = params.required("address")?;
    let is_legal = address.len() <= 128 && address.bytes().all(|byte| byte.is_ascii_graphic());
    if is_legal { Ok(address.to_owned()) } else { Err(Refusal::BadAddress) }
}

fn amount(params: &Params) -> Result<Decimal, Refusal> {
    let amount = read::exact(params, "amount")?.ok_or(Refusal::Missing("amount"))?;
    if amount.is_zero() { Err(Refusal::BadData("amount")) } else { Ok(amount) }
}
