//! The caller's withdrawals.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Asked, Endpoint, Run, read};
use crate::auth::{Caller, Right};
use crate::engine::Withdrawal;
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/sapi/v1/capital/withdraw/history", 1, Run::Private(Right::Read, run));

/// Binance's number for a withdrawal that is done.
const COMPLETED: u8 = 6;

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let limit = read::limit(asked.params, 1_000, 1_000)?;
    let (coin, client_id) = (asked.params.get("coin"), asked.params.get("withdrawOrderId"));
    let floor = asked.exchange.floor.lock();
    let rows = floor.engine.withdrawals(caller.account);
    let rows = rows.filter(|row| coin.is_none_or(|coin| row.asset == coin));
    let rows = rows.filter(|row| client_id.is_none() || row.client_id.as_deref() == client_id);
    Ok(rows.take(limit).map(row).collect())
}

/// The exchange's id of a withdrawal: 32 hexadecimal digits.
pub(super) fn id(withdrawal: &Withdrawal) -> String {
    format!("{:032x}", withdrawal.number)
}

fn row(withdrawal: &Withdrawal) -> Value {
    json!({
        "id": id(withdrawal),
        "amount": withdrawal.amount.normalize().to_string(),
        "transactionFee": "0",
        "coin": withdrawal.asset,
        "status": COMPLETED,
        "address": withdrawal.address,
        "txId": format!("sandbox-{}", withdrawal.number),
        "applyTime": time(withdrawal.at_ms),
        "completeTime": time(withdrawal.at_ms),
        "network": withdrawal.network,
        "transferType": 0,
        "withdrawOrderId": withdrawal.client_id,
        "info": "",
        "confirmNo": 1,
        "walletType": 0,
        "txKey": "",
    })
}

/// UTC, as Binance writes it here.
fn time(at_ms: u64) -> String {
    let time = i64::try_from(at_ms).ok().and_then(|at_ms| Timestamp::from_millisecond(at_ms).ok());
    time.unwrap_or_default().strftime("%Y-%m-%d %H:%M:%S").to_string()
}
