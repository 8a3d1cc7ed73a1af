//! Rule: no file names a path of the machine that it was written on.
//!
//! Such a path works for nobody else, and says who worked where.

use super::Finding;
use super::repository::{File, Repository};

/// Written in two parts, or this file would break its own rule.
const PATHS: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/tmp/", "bash_jobs"),
    concat!("/tmp/", "kw"),
];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    repository.files.iter().flat_map(places).collect()
}

fn places(file: &File) -> impl Iterator<Item = Finding> {
    file.text.lines().enumerate().filter_map(|(index, line)| {
        let path = PATHS.iter().find(|path| names(line, path))?;
        Some(Finding::at(&file.path, index + 1, format!("names {path}, a path of one machine")))
    })
}

/// Whether a line holds a path as an absolute one: not as the tail of a longer path or of a URL.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !(before.is_alphanumeric() || "_-.}>".contains(before)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        check(&Repository::of_files(&[("doc.md", line)])).len()
    }

    #[test]
    fn an_absolute_path_of_a_machine_is_found() {
        assert_eq!(found(concat!("see /wo", "rk/main/README.md")), 1);
        assert_eq!(found(concat!("`/ro", "ot/.cargo`\nfine\n\"/ho", "me/me/x\"")), 2);
    }

    #[test]
    fn the_same_words_inside_another_path_are_fine() {
        assert_eq!(found(concat!("target/wo", "rk/x https://example.com/home/x {data}/ro", "ot/x")), 0);
    }
}
