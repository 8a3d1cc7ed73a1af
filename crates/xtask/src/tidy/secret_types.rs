//! Rule: a type that holds a plaintext secret cannot be printed, copied or serialized.
//!
//! What has no `Debug` reaches no log line, error or panic, and neither does anything that contains it and wants to
//! derive one. Whoever adds a type that holds a plaintext secret adds its name here.

use super::Finding;
use super::repository::{File, Repository};
use super::words::{Word, shipped, starts_with};

/// A type that holds a plaintext secret.
struct Secret {
    folder: &'static str,
    name: &'static str,
    /// The one trait that it may have after all.
    may: Option<&'static str>,
}

const SECRETS: &[Secret] = &[
    // In transit, in the open while it signs, what unlocks the root key, and the pages that they lie on.
    Secret { folder: "crates/vault/", name: "Secret", may: None },
    Secret { folder: "crates/vault/", name: "Opened", may: None },
    Secret { folder: "crates/vault/", name: "Unlock", may: None },
    Secret { folder: "crates/vault/", name: "Locked", may: None },
    // Keys at the moment of their use.
    Secret { folder: "crates/dialect/", name: "SigningKey", may: None },
    Secret { folder: "crates/dialect/", name: "VerifyingKey", may: None },
    // A secret half that was just read or made.
    Secret { folder: "crates/dialect/", name: "SecretKey", may: None },
    Secret { folder: "crates/dialect/", name: "GeneratedPair", may: None },
    Secret { folder: "crates/control/", name: "Real", may: None },
    // What an operator hands in, and the one answer that hands a secret out, once, to its owner.
    Secret { folder: "crates/control/", name: "GivenSecret", may: None },
    Secret { folder: "crates/control/", name: "ShownOnce", may: Some("Serialize") },
];

const BANNED: &[&str] = &["Clone", "Copy", "Debug", "Display", "Serialize", "ToString"];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let files = repository.product_files().into_iter();
    let files: Vec<_> = files.map(|file| (file, shipped(&file.text))).collect();
    SECRETS.iter().flat_map(|secret| secret.check(&files)).collect()
}

impl Secret {
    /// What is wrong with this type; also that it is gone, or the list would guard a name that nothing has.
    fn check(&self, files: &[(&File, Vec<Word>)]) -> Vec<Finding> {
        let here: Vec<_> = files.iter().filter(|(file, _)| file.path.starts_with(self.folder)).collect();
        if !here.iter().any(|(_, words)| declares(words, self.name)) {
            return vec![Finding::new(
                self.folder,
                format!("has no type {}: correct the list of secrets", self.name),
            )];
        }
        here.iter().flat_map(|(file, words)| self.given(file, words)).collect()
    }

    fn given(&self, file: &File, words: &[Word]) -> Vec<Finding> {
        let given = derives(words).into_iter().chain(impls(words)).filter(|given| given.to == self.name);
        let banned = given.filter(|given| BANNED.contains(&given.name) && self.may != Some(given.name));
        let message = |name: &str| format!("{} holds a secret and must not be {name}", self.name);
        banned.map(|given| Finding::at(&file.path, given.line, message(given.name))).collect()
    }
}

/// A trait that a type is given.
struct Given<'w> {
    name: &'w str,
    to: &'w str,
    line: usize,
}

fn declares(words: &[Word], name: &str) -> bool {
    ["struct", "enum"].iter().any(|kind| words.windows(2).any(|pair| starts_with(pair, &[kind, name])))
}

/// What `#[derive(…)]` gives to the type after it.
fn derives(words: &[Word]) -> Vec<Given<'_>> {
    let mut given = Vec::new();
    let mut derived = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let rest = &words[index..];
        if starts_with(rest, &["derive", "("]) {
            derived.extend(rest[2..].iter().take_while(|word| word.text != ")"));
        } else if let ("struct" | "enum", Some(name)) = (word.text.as_str(), rest.get(1)) {
            given.extend(derived.drain(..).map(|word| Given {
                name: &word.text,
                to: &name.text,
                line: word.line,
            }));
        }
    }
    given
}

/// What `impl … for …` gives to its type, generics aside.
fn impls(words: &[Word]) -> Vec<Given<'_>> {
    let starts = words.iter().enumerate().filter(|(_, word)| word.text == "impl");
    starts.filter_map(|(index, _)| implementation(&words[index + 1..])).collect()
}

fn implementation(words: &[Word]) -> Option<Given<'_>> {
    let mut depth = 0_usize;
    let outside = |word: &&Word| match word.text.as_str() {
        "<" => {
            depth += 1;
            false
        }
        ">" => {
            depth = depth.saturating_sub(1);
            false
        }
        _ => depth == 0,
    };
    let head = words.iter().take_while(|word| !["{", ";", "where"].contains(&word.text.as_str()));
    let head: Vec<_> = head.filter(outside).collect();
    let middle = head.iter().position(|word| word.text == "for")?;
    let name = head[..middle].last()?;
    let to = head[middle + 1..].iter().rev().find(|word| word.is_name())?;
    Some(Given { name: &name.text, to: &to.text, line: name.line })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let found = check(&Repository::of_files(&[(path, text)])).into_iter();
        found.filter(|finding| finding.place.starts_with(path)).map(|finding| finding.message).collect()
    }

    #[test]
    fn a_secret_that_derives_debug_is_found() {
        let wanted =
            ["Opened holds a secret and must not be Debug", "Opened holds a secret and must not be Clone"];
        let text = "#[derive(Debug, PartialEq, Clone)]\npub struct Opened(Vec<u8>);";
        assert_eq!(found("crates/vault/src/a.rs", text), wanted);
        let text = "#[derive(Debug)] struct Name; struct Opened;";
        assert!(found("crates/vault/src/a.rs", text).is_empty());
    }

    #[test]
    fn a_secret_that_implements_it_by_hand_is_found() {
        let by_hand = "struct Secret; impl std::fmt::Debug for crate::Secret {}";
        assert_eq!(found("crates/vault/src/a.rs", by_hand).len(), 1);
        let generic =
            "enum SigningKey {} impl<'a, T: Into<u8>> fmt::Display for SigningKey<'a> where T: Copy {}";
        assert_eq!(found("crates/dialect/src/a.rs", generic).len(), 1);
        let fine = "struct Secret; impl Drop for Secret {} impl Secret {} impl Debug for Name {}";
        assert!(found("crates/vault/src/a.rs", fine).is_empty());
    }

    #[test]
    fn what_is_shown_once_may_be_serialized_only() {
        let serialized = "#[derive(Serialize)] pub struct ShownOnce(String);";
        assert!(found("crates/control/src/a.rs", serialized).is_empty());
        let printed = "#[derive(Serialize, Debug)] pub struct ShownOnce(String);";
        assert_eq!(found("crates/control/src/a.rs", printed).len(), 1);
    }

    #[test]
    fn another_type_of_the_same_name_is_no_secret() {
        assert!(found("crates/keyward/src/a.rs", "#[derive(Debug)] struct Unlock;").is_empty());
    }

    #[test]
    fn a_name_on_the_list_that_no_type_has_is_found() {
        assert_eq!(check(&Repository::of_files(&[])).len(), SECRETS.len());
    }
}
