//! `keyward key create`: issues a key.

use anyhow::Result;
use clap::Args;
use ipnet::IpNet;
use keyward_policy::{Hold, Origin, PermissionSet, Symbol};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::FIELDS;
use super::rate::{AddressRate, Rate};
use crate::command::unlock::Unlock;
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::record;

/// The type of a key for web pages.
const PUBLISHABLE: &str = "publishable";

/// Issue a key: what it may do, where, from where, on which markets, and for how long
///
/// The secret is printed once and never again. What is not allowed here is denied.
#[derive(Args, Serialize)]
#[command(after_help = "Examples:\n  \
    keyward key create bot1 --project bots --credential main --allow market,read,trade \\\n    \
    --symbol BTC/USDT --ip 203.0.113.7/32 --expires 30d\n  \
    keyward key create partner --project partner --venue backend --allow read \\\n    \
    --type ed25519 --public-key-file partner.pem\n  \
    keyward key create treasury --project bots --credential main --allow read,trade,withdraw \\\n    \
    --ip 203.0.113.7 --hold withdraw --hold \"trade>1000 USDT\" --hold \"trade>0.02 BTC\"\n  \
    keyward key create chart --project site --venue binance --publishable --origin https://app.example\n\n\
    Next: keyward key show NAME --client ccxt")]
pub(crate) struct Create {
    /// Its name
    name: String,
    /// Who owns it
    #[arg(long, value_name = "PROJECT")]
    project: String,
    #[command(flatten)]
    #[serde(flatten)]
    grants: Grants,
    /// What it may do: market, read, trade, transfer, withdraw, manage, stream; or narrower, like trade:spot
    #[arg(long, value_name = "PERMISSION,…", required_unless_present = "publishable")]
    #[serde(skip_serializing_if = "Option::is_none")]
    allow: Option<PermissionSet>,
    /// How it signs [default: hmac]
    #[arg(long = "type", value_parser = ["hmac", "ed25519", "rsa"])]
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    key_type: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pages: Pages,
    /// The public key (PEM) of a pair whose private half Keyward never sees
    #[arg(long = "public-key-file", value_name = "FILE", value_parser = public_key)]
    #[serde(skip_serializing_if = "Option::is_none")]
    public_key: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    limits: Limits,
    #[command(flatten)]
    #[serde(skip)]
    unlock: Unlock,
}

/// Where a key may be used.
#[derive(Args, Serialize)]
#[group(required = true, multiple = true)]
struct Grants {
    /// A credential whose venue it may use (may be given several times)
    #[arg(long = "credential", value_name = "CREDENTIAL")]
    credentials: Vec<String>,
    /// An assert-mode venue that it may use; for a publishable key, a venue of an exchange (may be given several times)
    #[arg(long = "venue", value_name = "VENUE")]
    venues: Vec<String>,
}

/// What a publishable key has instead of a secret.
#[derive(Args, Serialize)]
#[command(next_help_heading = "Browser keys")]
struct Pages {
    /// A key that anybody may read, for web pages: it reads public market data and nothing else
    #[arg(long, conflicts_with_all = ["public_key", "key_type"], requires = "origins")]
    #[serde(rename = "type", skip_serializing_if = "std::ops::Not::not", serialize_with = "its_type")]
    publishable: bool,
    /// Where its pages come from (may be given several times)
    #[arg(long = "origin", value_name = "ORIGIN", requires = "publishable")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<Origin>,
    #[command(flatten)]
    #[serde(flatten)]
    rate: AddressRate,
}

/// That it is publishable is its type.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn its_type<S: Serializer>(_: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(PUBLISHABLE)
}

/// What a key is limited to.
#[derive(Args, Serialize)]
#[command(next_help_heading = "Limits")]
struct Limits {
    /// Only from these addresses (may be given several times)
    #[arg(long = "ip", value_name = "CIDR", value_parser = range)]
    ip: Vec<IpNet>,
    /// Never from these addresses; wins over --ip (may be given several times)
    #[arg(long = "deny-ip", value_name = "CIDR", value_parser = range)]
    deny_ip: Vec<IpNet>,
    /// Only on these markets (may be given several times)
    #[arg(long = "symbol", value_name = "BASE/QUOTE", value_delimiter = ',')]
    symbols: Vec<Symbol>,
    /// Only with an operator's approval: withdraw, transfer or trade; or with an amount up to which it needs none, like
    /// "trade>1000 USDT" (may be given several times)
    #[arg(long = "hold", value_name = "HOLD")]
    holds: Vec<Hold>,
    /// When it expires: a duration, a time, or `never`
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: String,
    /// Make a link that shows the secret once to whoever opens it, good for this long, and do not print the secret
    #[arg(long, value_name = "DURATION", num_args = 0..=1, default_missing_value = "1d")]
    #[serde(skip_serializing_if = "Option::is_none")]
    hand_over: Option<String>,
    /// When it becomes valid: a duration from now, or a time
    #[arg(long, value_name = "WHEN")]
    not_before: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    rate: Rate,
}

impl Create {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        invocation.unlock_with(self.unlock.clone());
        let key = invocation.call(&Call::post(path(&["keys"]), &self)?).await?;
        issued(invocation, &key)
    }
}

/// Reads the file that holds a public key.
pub(super) fn public_key(file: &str) -> std::io::Result<String> {
    std::fs::read_to_string(file)
}

/// Prints a key that was just issued, with its secret: the only time that anybody sees it.
pub(super) fn issued(invocation: &Invocation, key: &Value) -> Result<()> {
    invocation.printer.result(key, |key| record(key, &[FIELDS, &[("secret", "/secret")]].concat()))?;
    if let Some(url) = key["hand_over"]["url"].as_str() {
        invocation.printer.say(&format!("the secret goes to whoever opens this link first, once: {url}"))?;
    }
    if key["secret"].is_string() {
        invocation.printer.say("the secret is shown this once: store it where the client reads it")?;
    }
    let name = key["name"].as_str().unwrap_or("KEY");
    let client = if key["type"] == PUBLISHABLE { "fetch" } else { "ccxt" };
    invocation.printer.next(&format!("keyward key show {name} --client {client}"))
}

/// A range of addresses; a single address is the range that holds only it.
pub(in crate::command) fn range(text: &str) -> Result<IpNet, String> {
    let single = || text.parse().ok().map(|address: std::net::IpAddr| IpNet::from(address));
    text.parse().ok().or_else(single).ok_or_else(|| "write it like 203.0.113.7 or 10.0.0.0/8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_address_is_a_range_of_one() {
        assert_eq!(range("203.0.113.7").unwrap().to_string(), "203.0.113.7/32");
        assert_eq!(range("2001:db8::1").unwrap().to_string(), "2001:db8::1/128");
        assert!(range("203.0.113").is_err());
    }
}
