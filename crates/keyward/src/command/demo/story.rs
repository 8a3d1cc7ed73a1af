//! The demo's story: what a client with an issued key can do, what it cannot, and what is proven afterwards.

use anyhow::Result;
use hyper::Method;
use serde::Serialize;
use serde_json::Value;

use super::trade::{Answer, Client};

/// One thing that was tried.
#[derive(Serialize)]
pub(crate) struct Step {
    /// What was tried.
    step: &'static str,
    /// Whether it went as it must.
    pub(crate) ok: bool,
    /// What happened.
    shown: String,
}

impl Step {
    /// Something that was tried, and how it went.
    pub(crate) fn new(step: &'static str, ok: bool, shown: String) -> Self {
        Self { step, ok, shown }
    }

    /// What was tried.
    pub(crate) const fn name(&self) -> &'static str {
        self.step
    }

    /// The step as a line for people.
    pub(crate) fn line(&self) -> String {
        format!("  {}  {:<10}  {}", if self.ok { "ok  " } else { "FAIL" }, self.step, self.shown)
    }
}

/// Reads the balance.
pub(crate) async fn balance(client: &Client) -> Result<Step> {
    let answer = client.send(Method::GET, "/api/v3/account", "").await?;
    let usdt = answer.body["balances"].as_array().into_iter().flatten().find(|one| one["asset"] == "USDT");
    let free = usdt.and_then(|usdt| usdt["free"].as_str());
    let shown = free.map_or_else(|| answer.body.to_string(), |free| format!("the account holds {free} USDT"));
    Ok(Step::new("balance", answer.status.is_success() && free.is_some(), shown))
}

/// Buys a little.
pub(crate) async fn order(client: &Client) -> Result<Step> {
    let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
    let answer = client.send(Method::POST, "/api/v3/order", order).await?;
    let filled = answer.body["status"] == "FILLED";
    let field = |name: &str| answer.body[name].as_str().unwrap_or("?").to_owned();
    let bought =
        || format!("bought {} BTC for {} USDT: FILLED", field("executedQty"), field("cummulativeQuoteQty"));
    Ok(Step::new("order", filled, if filled { bought() } else { answer.body.to_string() }))
}

/// Tries to take money out, which the key may not.
pub(crate) async fn withdrawal(client: &Client) -> Result<Step> {
    let parameters = "coin=USDT&network=ETH&address=0x0000000000000000000000000000000000000001&amount=100";
    let answer = client.send(Method::POST, "/sapi/v1/capital/withdraw/apply", parameters).await?;
    let refused = answer.reason() == Some("permission_missing") && answer.status.is_client_error();
    Ok(Step::new("withdrawal", refused, refusal(&answer)))
}

fn refusal(answer: &Answer) -> String {
    let reason = answer.reason().unwrap_or("none");
    format!("answered {} {} (Keyward-Reason: {reason})", answer.status.as_u16(), answer.body)
}

/// Judges what the verification of the audit log found.
pub(crate) fn audit(report: Result<Value>) -> Step {
    match report {
        Ok(report) => {
            let entries = &report["entries"];
            Step::new("audit log", true, format!("{entries} entries, every one proven unchanged"))
        }
        Err(error) => Step::new("audit log", false, format!("{error:#}")),
    }
}
