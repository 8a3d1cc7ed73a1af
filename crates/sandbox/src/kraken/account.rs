//! The caller's balances, and what his key is.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::market::text;
use super::names::asset_id;
use super::{Asked, Failure};
use crate::auth::Caller;
use crate::engine::Balance;

/// How long a token for streams is good, in seconds.
const TOKEN_S: u32 = 900;

pub(super) fn balance(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    Ok(rows(asked, caller, |balance| json!(text(balance.free + balance.locked))))
}

pub(super) fn balance_ex(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let row = |balance: Balance| json!({ "balance": text(balance.free + balance.locked), "hold_trade": text(balance.locked) });
    Ok(rows(asked, caller, row))
}

fn rows(asked: &Asked<'_>, caller: &Caller, row: impl Fn(Balance) -> Value) -> Value {
    let balances = asked.exchange.floor.lock().engine.balances(caller.account);
    Value::Object(balances.iter().map(|(name, balance)| (asset_id(name).to_owned(), row(*balance))).collect())
}

/// The dollars alone: nobody borrows here.
pub(super) fn trade_balance(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let balances = asked.exchange.floor.lock().engine.balances(caller.account);
    let Balance { free, locked } = balances.get("USD").copied().unwrap_or_default();
    let (all, free, none) = (text(free + locked), text(free), text(Decimal::ZERO));
    Ok(json!({ "eb": all, "tb": all, "m": none, "n": none, "c": none, "v": none, "e": all, "mf": free }))
}

pub(super) fn key_info(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let rights = caller.rights;
    let named = [
        (rights.enable_reading, "query-funds"),
        (rights.enable_reading, "query-open-trades"),
        (rights.enable_reading, "query-closed-trades"),
        (rights.enable_spot_and_margin_trading, "modify-trades"),
        (rights.enable_spot_and_margin_trading, "close-trades"),
        (rights.enable_withdrawals, "withdraw-funds"),
    ];
    let permissions: Vec<_> = named.iter().filter(|(has, _)| *has).map(|(_, name)| name).collect();
    let addresses: &[&str] = if caller.ip_restricted { &["restricted"] } else { &[] };
    Ok(json!({
        "apiKeyName": "sandbox", "permissions": permissions, "ipAllowlist": addresses, "nonceWindow": 0,
        "createdTime": caller.since_ms / 1_000, "modifiedTime": asked.now_ms / 1_000,
    }))
}

/// A token in the form of Kraken's. There are no streams here to use it on.
pub(super) fn token(asked: &Asked<'_>, caller: &Caller) -> Result<Value, Failure> {
    let bytes = Sha256::digest(format!("token {} {}", caller.account.number(), asked.now_ms));
    Ok(json!({ "token": faster_hex::hex_string(&bytes), "expires": TOKEN_S }))
}
