//! Money that leaves. Kraken sends it to a saved address that is known by a name; here any name will do.

use serde_json::{Value, json};

use super::names::asset;
use super::{Asked, Failure};
use crate::auth::Caller;
use crate::engine::NewWithdrawal;

pub(super) fn withdraw(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let text = |name| asked.params.get(name).ok_or_else(|| Failure::argument(name));
    let amount = asked.params.amount("amount")?.ok_or_else(|| Failure::argument("amount"))?;
    let (asset, address) = (asset(text("asset")?).to_owned(), text("key")?.to_owned());
    let new = NewWithdrawal { asset, amount, address, network: None, client_id: None };
    let gone = asked.exchange.floor.lock().engine.withdraw(caller.account, new, asked.now_ms)?;
    Ok(json!({ "refid": format!("SANDBOX-{:010}", gone.number) }))
}
