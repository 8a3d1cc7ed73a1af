//! Rule: docs/asvs.md names a test for what it calls met, and each test that it names is there.

use std::collections::BTreeSet;

use super::Finding;
use super::repository::Repository;

const PAGE: &str = "docs/asvs.md";
/// By which words a row says how a requirement stands, and whether something has to show it.
const STANDINGS: [(&str, bool); 4] =
    [("Met:", true), ("In part:", false), ("Not met:", false), ("Not applicable:", false)];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let Some(page) = repository.file(PAGE) else {
        return vec![Finding::new(PAGE, "is missing: which requirements of OWASP ASVS are met")];
    };
    let tests = tests(repository);
    let lines = page.text.lines().enumerate();
    let rows = lines.filter_map(|(at, line)| Some((at + 1, cells(line)?)));
    rows.flat_map(|(at, cells)| wrong(&cells, &tests).map(move |what| Finding::at(PAGE, at, what))).collect()
}

/// The cells of a row about a requirement.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix("| V")?.strip_suffix('|')?;
    Some(row.split(" | ").map(str::trim).collect())
}

fn wrong(cells: &[&str], tests: &BTreeSet<&str>) -> Option<String> {
    let [_number, _level, _requirement, how, shown] = cells else {
        return Some(
            "a row has five cells: number, level, requirement, how it stands, what shows it".to_owned(),
        );
    };
    let Some((_, is_shown)) = STANDINGS.iter().find(|(word, _)| how.starts_with(word)) else {
        return Some(format!("`{how}` does not say whether the requirement is met"));
    };
    if *is_shown && *shown == "–" {
        return Some("what is met is shown by a test, or said on a page".to_owned());
    }
    let mut named = shown.split('`').skip(1).step_by(2);
    named.find(|name| !tests.contains(name)).map(|name| format!("there is no test `{name}`"))
}

/// The names of all tests.
fn tests(repository: &Repository) -> BTreeSet<&str> {
    repository.rust_files().flat_map(|file| of_file(&file.text)).collect()
}

/// A test is a function below `#[test]`, or an attribute that ends like it, and what else stands there.
fn of_file(text: &str) -> impl Iterator<Item = &str> {
    let mut is_below = false;
    text.lines().map(str::trim).filter_map(move |line| {
        is_below |= line.starts_with("#[") && line.contains("test]");
        let name = line.trim_start_matches("async ").strip_prefix("fn ")?.split('(').next();
        std::mem::take(&mut is_below).then_some(name).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TESTS: (&str, &str) =
        ("crates/a/src/b.rs", "#[tokio::test]\nasync fn it_is_so() {}\nfn helper() {}");

    fn found(row: &str) -> usize {
        check(&Repository::of_files(&[(PAGE, row), TESTS])).len()
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        assert_eq!(found("| V1.1.1 | 1 | so | Met: it is. | `it_is_so` |"), 0);
        assert_eq!(found("| V1.1.1 | 1 | so | Met: it is. | `it_was_so` |"), 1);
        assert_eq!(found("| V1.1.1 | 1 | so | Met: it is. | `helper` |"), 1);
    }

    #[test]
    fn what_is_met_is_shown_and_what_is_not_may_stand_alone() {
        assert_eq!(found("| V1.1.1 | 1 | so | Met: it is. | – |"), 1);
        assert_eq!(found("| V1.1.1 | 1 | so | Not met: it is not. | – |"), 0);
        assert_eq!(found("| V1.1.1 | 1 | so | Perhaps. | – |"), 1);
        assert_eq!(found("| V1.1.1 | 1 | so | Met: it is. |"), 1);
        assert_eq!(found("| requirement | how |"), 0);
    }

    #[test]
    fn the_page_must_be_there() {
        assert_eq!(check(&Repository::of_files(&[])).len(), 1);
    }
}
