//! Rule: no shortcut stays behind: no silenced lint, no skipped test, no unfinished code.
//!
//! `#[expect(…, reason = "…")]` expires by itself when its cause is gone; `#[allow]` stays for ever. A test that is
//! ignored tests nothing.

use super::Finding;
use super::repository::{File, Repository};
use super::words::{starts_with, words};

const SHORTCUTS: &[(&[&str], &str)] = &[
    (&["#", "[", "allow"], "use #[expect(…, reason = \"…\")]: it expires by itself"),
    (&["#", "!", "[", "allow"], "use #![expect(…, reason = \"…\")]: it expires by itself"),
    (&["#", "[", "ignore"], "an ignored test tests nothing: mend it or remove it"),
    (&["todo", "!"], "unfinished code does not land"),
    (&["unimplemented", "!"], "unfinished code does not land"),
];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    repository.rust_files().flat_map(shortcuts).collect()
}

fn shortcuts(file: &File) -> Vec<Finding> {
    let words = words(&file.text);
    let at = |index: usize| SHORTCUTS.iter().find(|(start, _)| starts_with(&words[index..], start));
    let hits = (0..words.len()).filter_map(|index| Some((words[index].line, at(index)?)));
    hits.map(|(line, (_, advice))| Finding::at(&file.path, line, *advice)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let found = check(&Repository::of_files(&[("a.rs", text)]));
        found.into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn every_shortcut_is_found_where_it_is() {
        let text = "#![allow(unused)]\n#[allow(dead_code)]\n#[test]\n#[ignore]\nfn a() { todo!() }\nfn b() { unimplemented!() }";
        assert_eq!(lines(text), ["a.rs:1", "a.rs:2", "a.rs:4", "a.rs:5", "a.rs:6"]);
    }

    #[test]
    fn speaking_of_one_is_no_shortcut() {
        assert!(lines("// #[allow(x)]\n#[expect(dead_code, reason = \"todo!\")]\nfn allow() {}").is_empty());
    }
}
