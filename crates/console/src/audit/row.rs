//! An entry of the audit log, as a table shows it.

use jiff::Timestamp;
use keyward_control::operation::audit::entry::EntryView;
use keyward_control::operation::key::told;
use serde_json::{Map, Value};

use crate::moment::Moment;
use crate::parts::{Badge, Tone};
use crate::reasons::{Why, why};

/// The longest text of a cell; the entry's own page has the whole.
const TEXT_MAX: usize = 200;
/// The longest detail: a change of every limit is told in some five sentences.
const DETAIL_MAX: usize = 500;

/// An entry.
pub(crate) struct Row {
    pub(crate) index: u64,
    pub(crate) at: Option<Moment>,
    pub(crate) kind: Badge,
    /// What it is about, in words.
    pub(crate) what: String,
    /// What more there is to say.
    pub(crate) detail: String,
    /// The key that it is about.
    pub(crate) key: Option<String>,
    /// From where.
    pub(crate) address: Option<String>,
    /// Why it was refused, or why there is no answer.
    pub(crate) why: Option<Why>,
}

impl Row {
    /// Reads an entry as far as it can be read.
    pub(crate) fn of(entry: &EntryView, now: Timestamp) -> Self {
        let event = &entry.event;
        let at = text(event, "at").and_then(|at| at.parse().ok()).map(|at| Moment::new(at, now));
        let (kind, what, detail) = match text(event, "event") {
            Some("changed") => changed(event),
            Some("unrecorded") => unrecorded(event),
            Some("approval_ended") => approval_ended(event),
            Some(kind) => request(kind, event),
            None => (Badge::new(Tone::Plain, "entry"), String::new(), String::new()),
        };
        let (what, detail) = (shortened(what, TEXT_MAX), shortened(detail, DETAIL_MAX));
        let key = text(event, "key").or_else(|| text(event, "subject").filter(|id| id.starts_with("key_")));
        let key = key.filter(|id| !id.contains(' ')).map(str::to_owned);
        let address = text(event, "address").map(str::to_owned);
        Self { index: entry.index.0, at, kind, what, detail, key, address, why: reason(event) }
    }
}

fn text<'e>(event: &'e Map<String, Value>, name: &str) -> Option<&'e str> {
    event.get(name).and_then(Value::as_str)
}

fn reason(event: &Map<String, Value>) -> Option<Why> {
    text(event, "reason").and_then(why)
}

fn changed(event: &Map<String, Value>) -> (Badge, String, String) {
    let operation = text(event, "operation").unwrap_or("change");
    let actor = event.get("actor").and_then(Value::as_object);
    let by = |name| actor.and_then(|actor| text(actor, name)).unwrap_or("?");
    let what = format!("{operation} by {} ({})", by("name"), by("via"));
    let details = event.get("details").and_then(Value::as_object);
    let said = |name: &str| details.and_then(|details| text(details, name));
    let kind = match (said("refused"), said("failed")) {
        (Some(_), _) => Badge::new(Tone::Bad, "not allowed"),
        (_, Some(_)) => Badge::new(Tone::Warn, "failed"),
        _ => Badge::new(Tone::Plain, "change"),
    };
    (kind, what, details.map(described).unwrap_or_default())
}

/// What a change of limits changed, in sentences; what another one set, as `name: value`, as far as that is plain. The
/// entry's own page has the rest.
fn described(details: &Map<String, Value>) -> String {
    if let Some(changes) = details.get("changed").and_then(Value::as_object) {
        return told(changes).join(" · ");
    }
    let said = details.iter().filter_map(|(name, value)| Some((name, plain(value)?)));
    said.map(|(name, value)| format!("{}: {value}", name.replace('_', " "))).collect::<Vec<_>>().join(" · ")
}

/// A word, a number, or a list of them; nothing of what is empty or has parts.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(word) => Some(word.clone()).filter(|word| !word.is_empty()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Array(values) => {
            let words: Vec<_> = values.iter().map(plain).collect::<Option<_>>()?;
            Some(words.join(", ")).filter(|words| !words.is_empty())
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn unrecorded(event: &Map<String, Value>) -> (Badge, String, String) {
    let count = event.get("count").and_then(Value::as_u64).unwrap_or_default();
    let what = format!("{count} refusals that no key vouches for were too many to be recorded one by one");
    (Badge::new(Tone::Warn, "many"), what, String::new())
}

fn approval_ended(event: &Map<String, Value>) -> (Badge, String, String) {
    let (tone, how) = match text(event, "end") {
        Some("used") => (Tone::Good, "let its request through"),
        Some("denied") => (Tone::Bad, "was denied"),
        Some("void") => (Tone::Warn, "ended with a change of its key"),
        Some("expired") => (Tone::Warn, "came too late: nobody decided, or its client did not come back"),
        _ => (Tone::Warn, "ended when Keyward stopped"),
    };
    let approval = text(event, "approval").unwrap_or("an approval");
    (Badge::new(tone, "approval"), format!("{approval} {how}"), String::new())
}

fn request(kind: &str, event: &Map<String, Value>) -> (Badge, String, String) {
    let said = |name| text(event, name).unwrap_or_default();
    let status = event.get("status").and_then(Value::as_u64);
    let badge = match (kind, status) {
        ("refused", _) => Badge::new(Tone::Bad, "refused"),
        ("intent", _) => Badge::new(Tone::Plain, "sent"),
        ("held", _) => Badge::new(Tone::Warn, "waits"),
        (_, Some(status)) if status < 400 => Badge::new(Tone::Good, format!("answered {status}")),
        (_, Some(status)) => Badge::new(Tone::Warn, format!("answered {status}")),
        (_, None) => Badge::new(Tone::Bad, "no answer"),
    };
    if kind == "outcome" {
        return (badge, format!("the answer to {}", said("request")), String::new());
    }
    let what = format!("{} {} on {}", said("method"), said("path"), said("venue"));
    let detail = if kind == "refused" { said("detail").to_owned() } else { facts(event) };
    (badge, what, detail)
}

/// The orders, cancellations and movements of a request.
fn facts(event: &Map<String, Value>) -> String {
    let facts = event.get("facts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let fact = |fact: &Value| {
        let names = ["side", "type", "quantity", "quote_quantity", "asset", "symbol", "price", "to"];
        let words = names.iter().filter_map(|name| fact.get(*name)?.as_str());
        words.collect::<Vec<_>>().join(" ")
    };
    facts.iter().map(fact).collect::<Vec<_>>().join("; ")
}

fn shortened(text: String, most: usize) -> String {
    if text.chars().count() <= most {
        return text;
    }
    text.chars().take(most).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row(event: &Value) -> Row {
        let event = event.as_object().unwrap().clone();
        let entry = EntryView { index: keyward_ledger::EntryIndex(7), event };
        Row::of(&entry, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_refusal_says_why() {
        let row = row(&json!({
            "at": "1970-01-01T00:00:00Z", "event": "refused", "key": "key_1", "venue": "binance", "method": "POST",
            "path": "/api/v3/order", "reason": "symbol_not_allowed", "detail": "DOGE/USDT is not granted",
        }));
        assert_eq!((row.kind.text.as_str(), row.key.as_deref()), ("refused", Some("key_1")));
        assert_eq!(row.what, "POST /api/v3/order on binance");
        assert!(row.why.is_some() && row.detail.starts_with("DOGE"));
    }

    #[test]
    fn a_change_says_who_and_what() {
        let row = row(&json!({
            "event": "changed", "operation": "key suspend", "actor": { "name": "ada", "via": "console" },
            "subject": "key_1", "details": { "state": "suspended", "symbols": null, "ip": [], "rate": { "burst": 1 }, "allow": ["a", "b"] },
        }));
        assert_eq!(
            (row.what.as_str(), row.detail.as_str()),
            ("key suspend by ada (console)", "allow: a, b · state: suspended")
        );
        assert_eq!(row.key.as_deref(), Some("key_1"));
    }

    #[test]
    fn a_change_of_limits_is_told_as_a_difference() {
        let row = row(&json!({
            "event": "changed", "operation": "key update", "actor": { "name": "ada", "via": "console" },
            "subject": "key_1", "details": { "revision": 2, "widens": true,
                "changed": { "ip": { "before": ["10.0.0.1/32"], "after": [] } } },
        }));
        assert_eq!(row.detail, "It works from any address, and no longer only from 10.0.0.1");
    }

    #[test]
    fn what_is_no_event_is_shown_as_nothing() {
        let row = row(&json!({ "event": 7, "at": "x" }));
        assert!(row.at.is_none() && row.what.is_empty());
    }
}
