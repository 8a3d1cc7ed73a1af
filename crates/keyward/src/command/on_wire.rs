//! What was on the wire when something was stopped, for people.

use anyhow::Result;
use serde_json::Value;

use crate::invocation::Invocation;
use crate::output::{Field, table};

const COLUMNS: &[Field] = &[
    ("ON THE WIRE", "/request"),
    ("METHOD", "/method"),
    ("PATH", "/path"),
    ("VENUE", "/venue"),
    ("KEY", "/key"),
    ("SINCE", "/since"),
];

/// Shows the answer of an operation that stopped something: what it did, and the requests that had left by then.
pub(super) fn stopped(
    invocation: &Invocation,
    answer: &Value,
    words: impl FnOnce(&Value) -> String,
) -> Result<()> {
    let on_wire = &answer["on_wire"];
    let some = on_wire.as_array().is_some_and(|requests| !requests.is_empty());
    let listed = |answer: &Value| {
        let list = if some { format!("\n{}", table(on_wire, COLUMNS, "")) } else { String::new() };
        format!("{}\n{list}", words(answer).trim_end())
    };
    invocation.printer.result(answer, listed)?;
    if some {
        let advice =
            "these were sent before, and may be carried out: keyward audit show ID tells what became of each";
        return invocation.printer.next(advice);
    }
    Ok(())
}
