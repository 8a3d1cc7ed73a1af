//! `keyward audit tail` and `show`: what happened.

use anyhow::Result;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::door::{Call, path};
use crate::invocation::Invocation;
use crate::output::{Field, table};

const COLUMNS: &[Field] = &[
    ("#", "/index"),
    ("TIME", "/at"),
    ("WHO", "/who"),
    ("WHAT", "/what"),
    ("OUTCOME", "/outcome"),
    ("ON", "/on"),
];

/// Show the latest entries, the newest last
#[derive(Args)]
#[command(after_help = "Example:\n  keyward audit tail --limit 20")]
pub(crate) struct Tail {
    /// How many
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=1000))]
    limit: u64,
}

/// Show everything that the log holds about a request, a key, or another id
#[derive(Args)]
#[command(after_help = "Example:\n  keyward audit show req_06bfq2xk3v4w5y6z7a8b9c0d1e")]
pub(crate) struct Show {
    /// The id: of a request, as `Keyward-Request-Id` showed it, or of anything else
    id: String,
}

impl Tail {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let latest = format!("{}?limit={}", path(&["audit"]), self.limit);
        let entries = items(invocation.call(&Call::get(latest)).await?);
        invocation.printer.result(&entries, |entries| table(&rows(entries), COLUMNS, "nothing happened yet"))
    }
}

impl Show {
    /// Runs the command.
    pub(crate) async fn run(self, invocation: &mut Invocation) -> Result<()> {
        let entries = items(invocation.call(&Call::get(path(&["audit", &self.id]))).await?);
        // Nothing of an entry is left out.
        invocation.printer.result(&entries, |entries| format!("{entries:#}"))
    }
}

fn items(mut entries: Value) -> Value {
    entries["items"].take()
}

/// The entries in the words of a table: operators and keys, commands and requests in the same columns.
fn rows(entries: &Value) -> Value {
    entries.as_array().into_iter().flatten().map(row).collect()
}

fn row(entry: &Value) -> Value {
    let what = match (entry["operation"].as_str(), entry["path"].as_str()) {
        (Some(operation), _) => operation.to_owned(),
        (None, Some(path)) => format!("{} {path}", entry["method"].as_str().unwrap_or_default()),
        (None, None) => entry["event"].as_str().unwrap_or_default().to_owned(),
    };
    let first =
        |names: &[&str]| names.iter().find_map(|name| entry.pointer(name).filter(|value| !value.is_null()));
    json!({
        "index": entry["index"], "at": seconds(entry), "what": what,
        "who": first(&["/actor/name", "/key"]), "on": first(&["/request", "/subject"]),
        "outcome": first(&["/reason", "/status", "/details/failed"]),
    })
}

/// The time of an entry, in whole seconds.
fn seconds(entry: &Value) -> Option<String> {
    let at: Timestamp = entry["at"].as_str()?.parse().ok()?;
    Some(format!("{at:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_and_a_request_stand_in_the_same_columns() {
        let operation = json!({
            "index": 0, "at": "2026-11-23T08:13:59.291215865Z", "event": "changed", "actor": {"name": "uid 0", "via": "cli"},
            "operation": "key create", "subject": "key_1",
        });
        let refused = json!({
            "index": 1, "at": "2026-11-23T08:14:00Z", "event": "refused", "key": "key_1", "method": "POST", "path": "/api/v3/order",
            "request": "req_1", "reason": "permission_missing",
        });
        let text = table(&rows(&json!([operation, refused])), &COLUMNS[1..], "");
        assert_eq!(
            text,
            "TIME                  WHO    WHAT                OUTCOME             ON\n\
             2026-11-23T08:13:59Z  uid 0  key create          -                   key_1\n\
             2026-11-23T08:14:00Z  key_1  POST /api/v3/order  permission_missing  req_1\n"
        );
    }
}
