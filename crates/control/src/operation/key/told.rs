//! A change of a key's limits in sentences, from what the record says of it.

use serde_json::{Map, Value};

/// Limits, and what each was and is: `{"ip": {"before": [], "after": ["10.0.0.0/8"]}}`. One sentence for each that differs.
pub fn told(changes: &Map<String, Value>) -> Vec<String> {
    changes.iter().flat_map(|(limit, change)| sentences(limit, &change["before"], &change["after"])).collect()
}

fn sentences(limit: &str, before: &Value, after: &Value) -> Vec<String> {
    match limit {
        "allow" => permissions(&words(before), &words(after)),
        "symbols" => vec![narrowed("on", "every market", &words(before), &words(after))],
        "ip" => vec![narrowed("from", "any address", &words(before), &words(after))],
        "holds" => vec![held(&words(before), &words(after))],
        "deny_ip" => vec![forbidden(&words(after))],
        "expires_at" => vec![format!("It ends {}; before, it ended {}", end(after), end(before))],
        "origins" => {
            vec![format!("It works in the pages of {}; before, of {}", listed(after), listed(before))]
        }
        "address_rate" => {
            vec![format!("One address may make {}; before, {}", rate(after), rate(before))]
        }
        "rate" => vec![format!("It may make {}; before, {}", rate(after), rate(before))],
        other => vec![format!("{}: {after}; before, {before}", other.replace('_', " "))],
    }
}

fn permissions(before: &[String], after: &[String]) -> Vec<String> {
    let without = |all: &[String], some: &[String]| -> Vec<String> {
        all.iter().filter(|one| !some.contains(one)).cloned().collect()
    };
    let said =
        [("It may no longer", without(before, after)), ("It may from then on", without(after, before))];
    let said = said.into_iter().filter(|(_, names)| !names.is_empty());
    said.map(|(verb, names)| format!("{verb}: {}", names.join(", "))).collect()
}

/// A list that is everything while it is empty.
fn narrowed(preposition: &str, all: &str, before: &[String], after: &[String]) -> String {
    let listed = |list: &[String]| if list.is_empty() { all.to_owned() } else { list.join(", ") };
    let only = |list: &[String]| if list.is_empty() { "" } else { "only " };
    let told = |list: &[String]| format!("{}{preposition} {}", only(list), listed(list));
    format!("It works {}, and no longer {}", told(after), told(before))
}

fn held(before: &[String], after: &[String]) -> String {
    let listed = |list: &[String]| if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
    format!("A person has to approve: {}; before, {}", listed(after), listed(before))
}

fn listed(list: &Value) -> String {
    words(list).join(", ")
}

fn forbidden(after: &[String]) -> String {
    if after.is_empty() {
        return "No address is forbidden to it any more".to_owned();
    }
    format!("It never works from {}", after.join(", "))
}

fn end(at: &Value) -> String {
    at.as_str().map_or_else(|| "never".to_owned(), |at| format!("at {at}"))
}

fn rate(rate: &Value) -> String {
    match (rate["per_minute"].as_u64(), rate["burst"].as_u64()) {
        (Some(minute), Some(burst)) => format!("{minute} requests a minute and {burst} at once"),
        _ => "as many requests as it likes".to_owned(),
    }
}

/// The words of a list. An address stands for the range that holds only it.
fn words(list: &Value) -> Vec<String> {
    let bare = |text: &str| {
        let whole = if text.contains(':') { "/128" } else { "/32" };
        text.strip_suffix(whole).unwrap_or(text).to_owned()
    };
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(bare).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(changes: &Value) -> Vec<String> {
        told(changes.as_object().unwrap())
    }

    #[test]
    fn a_tighter_key_is_told_in_sentences() {
        let changes = json!({
            "allow": { "before": ["read", "trade"], "after": ["trade:spot"] },
            "ip": { "before": [], "after": ["203.0.113.7/32", "2001:db8::/64"] },
            "symbols": { "before": null, "after": ["BTC/USDT"] },
        });
        let wanted = [
            "It may no longer: read, trade",
            "It may from then on: trade:spot",
            "It works only from 203.0.113.7, 2001:db8::/64, and no longer from any address",
            "It works only on BTC/USDT, and no longer on every market",
        ];
        assert_eq!(said(&changes), wanted);
    }

    #[test]
    fn a_wider_key_too() {
        let changes = json!({
            "deny_ip": { "before": ["10.0.0.0/8"], "after": [] },
            "expires_at": { "before": "2026-01-01T00:00:00Z", "after": null },
            "holds": { "before": ["withdraw"], "after": [] },
            "ip": { "before": ["10.0.0.1/32"], "after": [] },
            "origins": { "before": ["https://a.example"], "after": ["https://a.example", "https://b.example"] },
            "rate": { "before": { "per_minute": 60, "burst": 5 }, "after": null },
        });
        let wanted = [
            "No address is forbidden to it any more",
            "It ends never; before, it ended at 2026-01-01T00:00:00Z",
            "A person has to approve: nothing; before, withdraw",
            "It works from any address, and no longer only from 10.0.0.1",
            "It works in the pages of https://a.example, https://b.example; before, of https://a.example",
            "It may make as many requests as it likes; before, 60 requests a minute and 5 at once",
        ];
        assert_eq!(said(&changes), wanted);
    }
}
