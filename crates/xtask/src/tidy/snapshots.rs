//! Rule: every snapshot belongs to a test that is still there.
//!
//! One that no test compares any more looks like a contract and is none.

use super::Finding;
use super::repository::{File, Repository};

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let snapshots = repository.files.iter().filter(|file| file.path.ends_with(".snap"));
    let stray = snapshots.filter(|snapshot| !is_named(repository, snapshot));
    stray.map(|snapshot| Finding::new(&snapshot.path, "no test names this snapshot: remove it")).collect()
}

/// A snapshot says in its head which file compares it; its own name there ends its path.
fn is_named(repository: &Repository, snapshot: &File) -> bool {
    let source = snapshot.text.lines().find_map(|line| line.strip_prefix("source: "));
    let source = source.and_then(|path| repository.file(path.trim_matches('"')));
    let name = snapshot.path.trim_end_matches(".snap").rsplit("__").next().unwrap_or_default();
    source.is_some_and(|source| source.text.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_without_its_test_is_found() {
        let found = |source: &str, test: &str| {
            let head = format!("---\nsource: {source}\n---\n1");
            check(&Repository::of_files(&[("a/snapshots/a__key_show.snap", &head), ("a/src/a.rs", test)]))
                .len()
        };
        assert_eq!(found("a/src/a.rs", "assert_snapshot!(\"key_show\", x)"), 0);
        assert_eq!(found("a/src/a.rs", "assert_snapshot!(\"key_list\", x)"), 1);
        assert_eq!(found("a/src/gone.rs", "assert_snapshot!(\"key_show\", x)"), 1);
    }
}
