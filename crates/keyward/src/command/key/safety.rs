//! `keyward key safety`: which keys, and which real keys, somebody should look at.

use anyhow::Result;
use serde_json::{Value, json};

use crate::door::{Call, encoded, path};
use crate::invocation::Invocation;
use crate::output::{Field, table};

const COLUMNS: &[Field] =
    &[("LEVEL", "/level"), ("KEY", "/name"), ("WHAT", "/what"), ("WHAT TO DO", "/advice")];
const REAL: &[Field] =
    &[("LEVEL", "/level"), ("REAL KEY", "/name"), ("WHAT", "/what"), ("WHAT TO DO", "/advice")];

/// Asks for all parts, and prints one line for each finding.
pub(super) async fn run(invocation: &mut Invocation) -> Result<()> {
    let (mut keys, mut credentials, mut after) = (Vec::new(), Vec::new(), String::new());
    loop {
        let mut part = invocation.call(&Call::get(path(&["key-safety"]) + &after)).await?;
        keys.append(part["keys"].as_array_mut().unwrap_or(&mut Vec::new()));
        credentials.append(part["credentials"].as_array_mut().unwrap_or(&mut Vec::new()));
        let Some(next) = part["next"].as_str() else { break };
        after = format!("?after={}", encoded(next));
    }
    let safety = json!({ "keys": keys, "credentials": credentials });
    invocation.printer.result(&safety, shown)
}

fn shown(safety: &Value) -> String {
    let keys = table(&lines(&safety["keys"]), COLUMNS, "no key needs attention");
    let real = table(&lines(&safety["credentials"]), REAL, "no real key needs attention");
    format!("{keys}\n{real}")
}

/// One row for each finding, with the name of what it is about.
fn lines(items: &Value) -> Value {
    let items = items.as_array().into_iter().flatten();
    let rows = items.flat_map(|item| {
        let findings = item["findings"].as_array().into_iter().flatten();
        findings.map(|finding| {
            json!({ "name": item["name"], "level": finding["level"], "what": finding["what"], "advice": finding["advice"] })
        })
    });
    rows.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_finding_has_a_line_of_its_own() {
        let finding = |what: &str| json!({ "level": "warn", "what": what, "advice": "Do something" });
        let keys =
            json!([{ "name": "bot", "findings": [finding("It never expires"), finding("Nobody used it")] }]);
        let said = shown(&json!({ "keys": keys, "credentials": [] }));
        assert_eq!(said.matches("bot").count(), 2, "{said}");
        assert!(said.contains("It never expires") && said.contains("no real key needs attention"), "{said}");
    }
}
