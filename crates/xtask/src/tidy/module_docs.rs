//! Rule: every Rust file opens with a `//!` sentence that says what it is for.

use super::Finding;
use super::repository::Repository;

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let silent = repository.rust_files().filter(|file| !file.text.starts_with("//! "));
    silent.map(|file| Finding::new(&file.path, "open it with a `//!` sentence: what is it for?")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_say_its_purpose_is_found() {
        let repository = Repository::of_files(&[("good.rs", "//! Good.\n"), ("bad.rs", "use std::fs;\n")]);
        assert_eq!(check(&repository).len(), 1);
        assert_eq!(check(&repository)[0].place, "bad.rs");
    }
}
