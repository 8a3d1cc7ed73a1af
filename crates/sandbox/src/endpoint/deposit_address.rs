//! Where the caller may send money to. Nothing that is sent there arrives.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Asked, Endpoint, Run};
use crate::auth::{Caller, Right};
use crate::engine::{Rejection, network};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/sapi/v1/capital/deposit/address", 10, Run::Private(Right::Read, run));

fn run(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    let coin = asked.params.required("coin")?;
    if !asked.exchange.floor.lock().engine.assets().contains(coin) {
        return Err(Rejection::UnknownAsset.into());
    }
    let network = asked.params.get("network").unwrap_or(network(coin));
    let digest = Sha256::digest(format!("deposit {} {coin} {network}", caller.account.number()));
    let address = format!("sandbox{}", faster_hex::hex_string(&digest[..16]));
    Ok(json!({ "address": address, "coin": coin, "tag": "", "url": "" }))
}
