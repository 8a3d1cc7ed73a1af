//! What a command prints: its result on standard output, words for people on standard error.

use std::io::{self, Write};

use anyhow::{Error, Result};
use serde_json::Value;

/// A line of a record or a column of a table: its label, and where its value stands (a JSON pointer, RFC 6901).
pub(crate) type Field = (&'static str, &'static str);

/// Prints results, as JSON or for people.
#[derive(Clone, Copy)]
pub(crate) struct Printer {
    json: bool,
}

impl Printer {
    /// Prints JSON when it is asked for.
    pub(crate) const fn new(json: bool) -> Self {
        Self { json }
    }

    /// Prints a result: itself as JSON, or what `words` makes of it for people, who are also told its warnings.
    pub(crate) fn result(self, value: &Value, words: impl FnOnce(&Value) -> String) -> Result<()> {
        let text = if self.json { value.to_string() } else { words(value) };
        write(&mut io::stdout().lock(), &text)?;
        let warnings = value["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str);
        warnings.map(|warning| format!("warning: {warning}")).try_for_each(|warning| self.say(&warning))
    }

    /// Tells people what to do next.
    pub(crate) fn next(self, advice: &str) -> Result<()> {
        self.say(&format!("next: {advice}"))
    }

    /// Tells people something that is not the result.
    pub(crate) fn say(self, words: &str) -> Result<()> {
        if self.json { Ok(()) } else { write(&mut io::stderr().lock(), words) }
    }
}

/// Nobody reads the output any more. A type of its own: a pipe to a server may break too, and that is a failure.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output")]
struct Unread;

fn write(to: &mut impl Write, text: &str) -> Result<()> {
    let text = text.trim_end_matches('\n');
    let written = if text.is_empty() { Ok(()) } else { writeln!(to, "{text}") };
    written.and_then(|()| to.flush()).map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Unread.into(),
        _ => error.into(),
    })
}

/// Whether a failure only means that nobody reads the output any more.
pub(crate) fn is_unread(error: &Error) -> bool {
    error.is::<Unread>()
}

/// Lays out one record, a line for each field that has a value.
pub(crate) fn record(value: &Value, fields: &[Field]) -> String {
    let shown: Vec<_> = fields
        .iter()
        .filter_map(|(label, pointer)| Some((*label, plain(value.pointer(pointer)?)?)))
        .collect();
    let width = shown.iter().map(|(label, _)| label.len()).max().unwrap_or_default();
    shown.iter().map(|(label, text)| format!("{label:width$}  {text}\n")).collect()
}

/// Lays out a list as a table, a column for each field; an empty list says what it is empty of.
pub(crate) fn table(rows: &Value, columns: &[Field], nothing: &str) -> String {
    let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
    if rows.is_empty() {
        return nothing.to_owned();
    }
    let heads = columns.iter().map(|(label, _)| (*label).to_owned()).collect();
    let cells = rows.iter().map(|row| columns.iter().map(|(_, pointer)| cell(row, pointer)).collect());
    aligned(&std::iter::once(heads).chain(cells).collect::<Vec<_>>())
}

fn cell(row: &Value, pointer: &str) -> String {
    row.pointer(pointer).and_then(plain).unwrap_or_else(|| "-".to_owned())
}

fn aligned(lines: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..lines.first().map_or(0, Vec::len))
        .map(|at| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or_default())
        .collect();
    let line = |cells: &Vec<String>| {
        let padded: String =
            cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        format!("{}\n", padded.trim_end())
    };
    lines.iter().map(line).collect()
}

/// A value as people read it; nothing for what is absent or empty.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(yes) => Some(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        Value::Array(list) => joined(list.iter().filter_map(plain)),
        Value::Object(map) => joined(map.iter().filter_map(|(name, value)| {
            let value = plain(value)?;
            Some(if name.is_empty() { value } else { format!("{name} {value}") })
        })),
    }
}

fn joined(parts: impl Iterator<Item = String>) -> Option<String> {
    let text = parts.collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Gone;

    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn output_that_nobody_reads_is_told_from_a_server_that_went_away() {
        assert!(is_unread(&write(&mut Gone, "text").unwrap_err()));
        let server = Error::new(io::Error::from(io::ErrorKind::BrokenPipe));
        assert!(!is_unread(&server.context("the server has gone away")));
    }

    #[test]
    fn a_record_shows_what_has_a_value() {
        let value = json!({"name": "bot", "allow": ["read", "trade"], "ip": [], "at": null, "on": true});
        let fields =
            [("name", "/name"), ("allowed", "/allow"), ("addresses", "/ip"), ("at", "/at"), ("on", "/on")];
        assert_eq!(record(&value, &fields), "name     bot\nallowed  read, trade\non       yes\n");
    }

    #[test]
    fn a_table_is_aligned_and_marks_what_is_missing() {
        let rows = json!([{"name": "a", "venue": "binance"}, {"name": "long"}]);
        let text = table(&rows, &[("NAME", "/name"), ("VENUE", "/venue")], "none");
        assert_eq!(text, "NAME  VENUE\na     binance\nlong  -\n");
    }

    #[test]
    fn an_empty_table_says_so() {
        assert_eq!(table(&json!([]), &[("NAME", "/name")], "no keys yet"), "no keys yet");
    }
}
