//! `keyward key update`: changes what a key is limited to.

use anyhow::Result;
use clap::Args;
use keyward_policy::{Origin, PermissionSet};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::FIELDS;
use super::rate::{AddressRate, Rate};
use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::outcome::Problem;
use crate::output::record;

/// The word that takes a restriction off.
const ANY: &str = "any";
/// The word that takes every hold off.
const NONE: &str = "none";

/// Change what a key may do, and from where; what is not named stays as it is
///
/// A list that is given replaces the one before. The secret stays, so the client needs no change.
#[derive(Args, Serialize)]
#[command(after_help = "Examples:\n  \
    keyward key update bot1 --ip 203.0.113.7 --expires 30d\n  \
    keyward key update bot1 --symbol any --rate 600\n  \
    keyward key update chart --origin https://app.example --origin https://new.example")]
pub(crate) struct Update {
    /// The key, by its name, id or key string
    #[serde(skip)]
    key: String,
    /// Only say what would change, and change nothing
    #[arg(long)]
    #[serde(skip)]
    dry_run: bool,
    #[command(flatten)]
    #[serde(flatten)]
    limits: Limits,
}

/// What shall be different.
#[derive(Args, Serialize)]
#[command(next_help_heading = "Limits")]
struct Limits {
    /// What it may do: market, read, trade, transfer, withdraw, manage, stream; or narrower, like trade:spot
    #[arg(long, value_name = "PERMISSION,…")]
    #[serde(skip_serializing_if = "Option::is_none")]
    allow: Option<PermissionSet>,
    /// Only from these addresses, or from `any` (may be given several times)
    #[arg(long = "ip", value_name = "CIDR")]
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "list")]
    ip: Vec<String>,
    /// Never from these addresses; `any` stands for none of them any more (may be given several times)
    #[arg(long = "deny-ip", value_name = "CIDR")]
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "list")]
    deny_ip: Vec<String>,
    /// Only on these markets, or on `any` (may be given several times)
    #[arg(long = "symbol", value_name = "BASE/QUOTE", value_delimiter = ',')]
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "list")]
    symbols: Vec<String>,
    /// Only with an operator's approval: withdraw, transfer or trade; or with an amount up to which it needs none, like
    /// "trade>1000 USDT"; `none` takes every hold off (may be given several times)
    #[arg(long = "hold", value_name = "HOLD")]
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "holds")]
    holds: Vec<String>,
    /// When it expires: a duration from now, a time, or `never`
    #[arg(long, value_name = "WHEN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    rate: Rate,
    /// Where the pages of a publishable key come from (may be given several times)
    #[arg(long = "origin", value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    origins: Vec<Origin>,
    #[command(flatten)]
    #[serde(flatten)]
    address_rate: AddressRate,
}

/// A list; `any` alone is the empty one.
fn list<S: Serializer>(texts: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    list_or(ANY, texts, serializer)
}

/// Holds; `none` alone stands for none of them.
fn holds<S: Serializer>(texts: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    list_or(NONE, texts, serializer)
}

fn list_or<S: Serializer>(empty: &str, texts: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    let texts = if matches!(texts, [one] if one == empty) { &[] } else { texts };
    serializer.collect_seq(texts)
}

impl Update {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        if serde_json::to_value(&self)? == json!({}) {
            return Err(Problem::usage("it is not said what shall be different").into());
        }
        if self.dry_run {
            let preview = Call::post(path(&["keys", &self.key, "preview"]), &self)?;
            let preview = invocation.call(&preview).await?;
            return invocation.printer.result(&preview, shown);
        }
        let key = invocation.call(&Call::patch(path(&["keys", &self.key]), &self)?).await?;
        invocation.printer.result(&key, |key| record(key, FIELDS))
    }
}

/// What would change, a sentence to a line.
fn shown(preview: &Value) -> String {
    let words = preview["words"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let words: Vec<_> = words.collect();
    if words.is_empty() { "Nothing would change.".to_owned() } else { words.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        update: Update,
    }

    fn said(arguments: &[&str]) -> Option<Value> {
        let command = Command::try_parse_from([&["command", "bot"], arguments].concat()).ok()?;
        Some(serde_json::to_value(command.update).unwrap())
    }

    #[test]
    fn only_what_is_said_is_sent() {
        assert_eq!(said(&["--expires", "1d"]), Some(json!({ "expires": "1d" })));
        let both = said(&["--ip", "10.0.0.1", "--allow", "read", "--rate", "unlimited"]);
        assert_eq!(both, Some(json!({ "ip": ["10.0.0.1"], "allow": ["read"], "rate": "unlimited" })));
        assert_eq!(said(&[]), Some(json!({})));
    }

    #[test]
    fn the_origins_that_are_named_are_all_there_shall_be() {
        let both = said(&["--origin", "https://a.example", "--origin", "http://localhost:3000"]);
        assert_eq!(both, Some(json!({ "origins": ["https://a.example", "http://localhost:3000"] })));
        assert_eq!(said(&["--origin", "https://a.example/"]), None);
    }

    #[test]
    fn any_takes_a_restriction_off() {
        let said = said(&["--ip", "any", "--symbol", "any", "--hold", "none"]);
        assert_eq!(said, Some(json!({ "ip": [], "symbols": [], "holds": [] })));
    }
}
