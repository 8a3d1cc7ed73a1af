//! Rule: a file is named after its one concept.
//!
//! `utils` and its like name no concept, so they collect everything; `mod.rs` makes all open files look the same.

use super::Finding;
use super::repository::Repository;

const NAMELESS: &[&str] =
    &["common", "helper", "helpers", "manager", "managers", "misc", "mod", "shared", "util", "utils"];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let nameless =
        repository.rust_files().filter(|file| parts(&file.path).any(|part| NAMELESS.contains(&part)));
    nameless.map(|file| Finding::new(&file.path, "name it after the one concept that it holds")).collect()
}

/// The names in a path: its folders and its file, without the ending.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.trim_end_matches(".rs").split('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_says_nothing_is_found_in_files_and_folders() {
        let paths =
            ["src/key.rs", "src/utils.rs", "src/helpers/key.rs", "src/key/mod.rs", "src/key_manager.rs"];
        let found = check(&Repository::of_files(&paths.map(|path| (path, ""))));
        let found: Vec<_> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(found, ["src/utils.rs", "src/helpers/key.rs", "src/key/mod.rs"]);
    }
}
