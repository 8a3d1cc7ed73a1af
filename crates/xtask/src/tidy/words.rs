//! Rust source as a flat list of words, for rules that look for names: comments and strings do not count.

use std::str::FromStr;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::Finding;
use super::repository::Repository;

const TEST_ONLY: &[&str] = &["#", "[", "cfg", "(", "test", ")", "]"];

/// One word: an identifier, a literal, a delimiter, `::`, or a single punctuation character.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) line: usize,
}

impl Word {
    /// Whether this is a name: an identifier or a keyword.
    pub(super) fn is_name(&self) -> bool {
        self.text.starts_with(|first: char| first == '_' || first.is_alphabetic())
    }
}

/// Rule: every Rust file can be taken apart, or the other rules would see nothing in it.
pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let unreadable = repository.rust_files().filter(|file| TokenStream::from_str(&file.text).is_err());
    unreadable
        .map(|file| Finding::new(&file.path, "cannot be taken apart into words: is it sound Rust?"))
        .collect()
}

/// The words of a file; none when it cannot be taken apart, which [`check`] finds.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    flatten(TokenStream::from_str(text).unwrap_or_default(), &mut words);
    words
}

/// The words of a file without what only its tests see: every item under `#[cfg(test)]`.
pub(super) fn shipped(text: &str) -> Vec<Word> {
    let all = words(text);
    let mut kept = Vec::new();
    let mut rest = all.as_slice();
    while let Some((word, tail)) = rest.split_first() {
        if starts_with(rest, TEST_ONLY) {
            rest = after_item(&rest[TEST_ONLY.len()..]);
        } else {
            kept.push(word.clone());
            rest = tail;
        }
    }
    kept
}

/// The modules in files of their own that a file declares for its tests: their paths, without `.rs`.
pub(super) fn test_modules(path: &str, text: &str) -> Vec<String> {
    let roots = ["/lib.rs", "/main.rs", ".rs"];
    let folder = roots.iter().find_map(|root| path.strip_suffix(root)).unwrap_or(path);
    let words = words(text);
    let declared =
        words.windows(TEST_ONLY.len() + 3).filter_map(|words| match words.split_at(TEST_ONLY.len()) {
            (start, [word, name, end])
                if starts_with(start, TEST_ONLY) && word.text == "mod" && end.text == ";" =>
            {
                Some(format!("{folder}/{}", name.text))
            }
            _ => None,
        });
    declared.collect()
}

/// Whether a list of words starts with these.
pub(super) fn starts_with(words: &[Word], start: &[&str]) -> bool {
    words.len() >= start.len() && words.iter().zip(start).all(|(word, text)| word.text == *text)
}

/// Every path that is named, and each of its beginnings: `use std::{fs, io}` names `std`, `std::fs` and `std::io`.
pub(super) fn paths(words: &[Word]) -> Vec<Word> {
    let mut found = Vec::new();
    let mut starts = vec![String::new()];
    let mut last = String::new();
    let mut joined = false;
    for word in words {
        let start = if joined { format!("{last}::") } else { starts.last().cloned().unwrap_or_default() };
        match word.text.as_str() {
            "(" | "[" | "{" => starts.push(if joined { start } else { String::new() }),
            ")" | "]" | "}" => drop(starts.pop()),
            _ if word.is_name() => {
                last = start + &word.text;
                found.push(Word { text: last.clone(), line: word.line });
            }
            _ => {}
        }
        joined = word.text == "::";
    }
    found
}

fn flatten(stream: TokenStream, words: &mut Vec<Word>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let close = group.span_close().start().line;
                let (open_text, close_text) = delimiters(group.delimiter());
                words.push(Word { text: open_text.to_owned(), line });
                flatten(group.stream(), words);
                words.push(Word { text: close_text.to_owned(), line: close });
            }
            TokenTree::Punct(colon) if colon.as_char() == ':' && ends_with_colon(words) => {
                words.push(Word { text: "::".to_owned(), line });
            }
            other => words.push(Word { text: other.to_string(), line }),
        }
    }
}

/// Takes back a first `:`, so that the second can stand for both.
fn ends_with_colon(words: &mut Vec<Word>) -> bool {
    words.pop_if(|last| last.text == ":").is_some()
}

fn delimiters(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::None => ("", ""),
    }
}

/// What follows an item: it ends with its first block, or with a semicolon outside of any group.
fn after_item(words: &[Word]) -> &[Word] {
    let mut depth = 0_usize;
    for (index, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "}" if depth == 1 => return &words[index + 1..],
            "}" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return &words[index + 1..],
            _ => {}
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        paths(&shipped(text)).into_iter().map(|path| path.text).collect()
    }

    #[test]
    fn a_file_that_cannot_be_read_is_found() {
        assert_eq!(
            check(&Repository::of_files(&[("good.rs", "fn a() {}"), ("bad.rs", "fn a() {")])).len(),
            1
        );
    }

    #[test]
    fn comments_and_strings_are_no_words() {
        assert_eq!(names("// std::fs\nlet x = \"std::fs\";"), ["let", "x"]);
    }

    #[test]
    fn a_use_tree_names_each_of_its_paths() {
        let found = names("use std::{fs, net::{IpAddr, TcpStream}, io};");
        let wanted =
            ["use", "std", "std::fs", "std::net", "std::net::IpAddr", "std::net::TcpStream", "std::io"];
        assert_eq!(found, wanted);
    }

    #[test]
    fn what_only_tests_see_is_left_out() {
        let text =
            "fn a() {} #[cfg(test)] mod tests { fn b() {} } fn c() {} #[cfg(test)] use d::{e}; fn f() {}";
        let found = names(text);
        assert!(["a", "c", "f"].iter().all(|name| found.contains(&(*name).to_owned())), "{found:?}");
        assert!(!["b", "d", "d::e"].iter().any(|name| found.contains(&(*name).to_owned())), "{found:?}");
    }

    #[test]
    fn a_module_of_tests_in_its_own_file_is_known() {
        let text = "mod key; #[cfg(test)] mod story; #[cfg(test)] mod tests { }";
        assert_eq!(test_modules("crates/store/src/lib.rs", text), ["crates/store/src/story"]);
        assert_eq!(test_modules("crates/store/src/keys.rs", text), ["crates/store/src/keys/story"]);
    }

    #[test]
    fn lines_are_those_of_the_file() {
        let all = words("//! One.\nfn two() {\n}\n");
        let line = |text: &str| all.iter().find(|word| word.text == text).unwrap().line;
        assert_eq!((line("two"), line("}")), (2, 3));
    }
}
