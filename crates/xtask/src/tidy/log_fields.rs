//! Rule: a log line says only what it may: fields from a list, each with one meaning, and a sentence that is the same
//! every time.
//!
//! `?value` would print whatever a type happens to hold, now or after a later change; `{value}` in a sentence, anything
//! at all. A field that is not in [`FIELDS`] is added here first, where a review asks whether a secret could stand in
//! it. The types that hold secrets have no `Display` (see `secret_types`), so that none of these fields can show one.

use super::Finding;
use super::repository::{File, Repository};
use super::words::{Word, shipped, starts_with};

const LEVELS: &[&str] = &["error", "warn", "info", "debug", "trace"];

/// What a log line may name, and what stands there.
const FIELDS: &[(&str, &str)] = &[
    ("approval", "an approval's id"),
    ("banned", "whether an exchange forbids instead of asking"),
    ("calls", "the means by which system calls are refused"),
    ("cause", "the error below an error"),
    ("change", "a change that only narrows what is allowed, by names and ids"),
    ("client", "an address"),
    ("code", "a stable code of docs/reasons.md"),
    ("credential", "a credential's id"),
    ("detail", "why a request was refused or the server is locked, in the words that a person reads"),
    ("entries", "a count"),
    ("error", "an error of ours, of the system or of a library; none of them repeats what it was given"),
    ("files", "the means by which files are out of reach"),
    ("key", "a key's id"),
    ("left_s", "seconds"),
    ("line", "the address and account that an exchange counts"),
    ("on_wire", "a count"),
    ("operation", "the name of an operation"),
    ("probes", "a count"),
    ("real_keys", "a count"),
    ("reason", "a stable code of docs/reasons.md"),
    ("request", "a request's id"),
    ("stops", "what the kill switch names: ids and names"),
    ("threads", "a count"),
    ("via", "the way that an operator took"),
    ("why", "what is wrong with a client's HTTP, in words of ours"),
];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let files = repository.rust_files().filter(|file| !tool(&file.path));
    files.flat_map(untyped).collect()
}

/// Neither guards anything, nor is part of what does.
fn tool(path: &str) -> bool {
    ["crates/sandbox/", "crates/xtask/", "fuzz/"].iter().any(|folder| path.starts_with(folder))
        || path.contains("/tests/")
}

fn untyped(file: &File) -> Vec<Finding> {
    let words = shipped(&file.text);
    let lines = (0..words.len()).filter_map(|at| log_line(&words[at..]));
    let wrong = lines.flat_map(parts).filter_map(|part| Some((part.first()?.line, wrong(part)?)));
    wrong.map(|(line, why)| Finding::at(&file.path, line, why)).collect()
}

/// What stands between the parentheses of a log line that starts here.
fn log_line(words: &[Word]) -> Option<&[Word]> {
    let level = words.get(2)?;
    let starts = starts_with(words, &["tracing", "::"]) && LEVELS.contains(&level.text.as_str());
    let inside = words.get(5..).filter(|_| starts && starts_with(&words[3..], &["!", "("]))?;
    let end = inside.iter().scan(1, |depth, word| {
        *depth += nesting(word);
        Some(*depth)
    });
    Some(&inside[..end.take_while(|depth| *depth > 0).count()])
}

const fn nesting_of(byte: u8) -> i32 {
    match byte {
        b'(' | b'[' | b'{' => 1,
        b')' | b']' | b'}' => -1,
        _ => 0,
    }
}

fn nesting(word: &Word) -> i32 {
    if word.text.len() == 1 { nesting_of(word.text.as_bytes()[0]) } else { 0 }
}

/// Its fields and its sentence.
fn parts(inside: &[Word]) -> Vec<&[Word]> {
    let mut depth = 0;
    let split = inside.split(move |word| {
        depth += nesting(word);
        depth == 0 && word.text == ","
    });
    split.filter(|part| !part.is_empty()).collect()
}

fn wrong(part: &[Word]) -> Option<&'static str> {
    if part[0].text.starts_with('"') {
        let plain = !part[0].text.contains('{');
        return if plain {
            None
        } else {
            Some("say it in a field: a log line's sentence is the same every time")
        };
    }
    if part.iter().take(3).any(|word| word.text == "?") {
        return Some("give it a `Display`: what `?` prints is whatever the type happens to hold");
    }
    let name = part.iter().find(|word| word.is_name())?;
    let known = FIELDS.iter().any(|(field, _)| *field == name.text);
    if known {
        None
    } else {
        Some("add the field to FIELDS in tidy/log_fields.rs, with what may stand in it")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        let text = format!("fn f() {{ {line} }}");
        check(&Repository::of_files(&[("crates/gateway/src/a.rs", &text)])).len()
    }

    #[test]
    fn a_secret_cannot_be_logged() {
        assert_eq!(found(r#"tracing::info!(passphrase, "unsealed");"#), 1);
        assert_eq!(found(r#"tracing::info!(%api_key, secret = %text, "a key");"#), 2);
        assert_eq!(found(r#"tracing::info!("the passphrase is {passphrase}");"#), 1);
        assert_eq!(found(r#"tracing::info!("the passphrase is {}", passphrase);"#), 2);
    }

    #[test]
    fn what_happens_to_be_in_a_type_cannot_be_logged() {
        assert_eq!(found(r#"tracing::warn!(?error, "no");"#), 1);
        assert_eq!(found(r#"tracing::warn!(error = ?error, "no");"#), 1);
    }

    #[test]
    fn what_has_a_meaning_can() {
        let line =
            r#"tracing::warn!(request = %resolved.id(a, b), %error, threads = list.len(), "a sentence");"#;
        assert_eq!(found(line), 0);
        assert_eq!(found(r#"tracing::error!(error = shown(&error, "x"), "a sentence")"#), 0);
    }

    #[test]
    fn tests_may_log_what_they_like() {
        let text = "#[cfg(test)]\nmod tests { fn f() { tracing::info!(?anything); } }";
        assert!(check(&Repository::of_files(&[("crates/gateway/src/a.rs", text)])).is_empty());
    }
}
