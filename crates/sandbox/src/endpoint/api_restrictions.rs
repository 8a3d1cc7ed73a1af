//! What the key that asks may do.

use serde_json::{Value, json};

use super::{Asked, Endpoint, Run};
use crate::auth::{Caller, Right};
use crate::error::Refusal;

pub(super) const ENDPOINT: Endpoint =
    Endpoint::get("/sapi/v1/account/apiRestrictions", 1, Run::Private(Right::Read, run));

fn run(_: &Asked<'_>, caller: &Caller) -> Result<Value, Refusal> {
    Ok(json!({
        "ipRestrict": caller.ip_restricted,
        "createTime": caller.since_ms,
        "enableReading": caller.rights.enable_reading,
        "enableSpotAndMarginTrading": caller.rights.enable_spot_and_margin_trading,
        "enableWithdrawals": caller.rights.enable_withdrawals,
        "enableInternalTransfer": false,
        "enableMargin": false,
        "enableFutures": false,
        "permitsUniversalTransfer": false,
        "enableVanillaOptions": false,
        "enableFixApiTrade": false,
        "enableFixReadOnly": false,
        "enablePortfolioMarginTrading": false,
    }))
}
