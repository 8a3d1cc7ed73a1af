//! `key usage`: what a key did, for people.

use serde_json::Value;

use crate::output::{Field, record, table};

const FIELDS: &[Field] = &[
    ("id", "/id"),
    ("name", "/name"),
    ("last used", "/last_at"),
    ("from", "/last_address"),
    ("allowed", "/allowed"),
    ("refused", "/refused"),
    ("entries not read yet", "/behind"),
];
const SEEN: &[Field] = &[("SEEN", "/what"), ("TIMES", "/times"), ("LAST", "/last_at")];
const REFUSALS: &[Field] =
    &[("REFUSED AT", "/at"), ("REASON", "/reason"), ("PATH", "/path"), ("REQUEST", "/request")];

/// What it did, then what it was seen with, then why it was refused.
pub(super) fn shown(used: &Value) -> String {
    let seen = ["addresses", "permissions", "markets"].map(|what| part(used, what, SEEN));
    let refusals = part(used, "refusals", REFUSALS);
    let parts = seen.into_iter().chain([refusals]).filter(|part| !part.is_empty());
    std::iter::once(record(used, FIELDS)).chain(parts).collect::<Vec<_>>().join("\n\n")
}

fn part(used: &Value, what: &str, columns: &[Field]) -> String {
    let rows = &used[what];
    let is_empty = rows.as_array().is_none_or(Vec::is_empty);
    if is_empty { String::new() } else { format!("{what}\n{}", table(rows, columns, "")) }
}
