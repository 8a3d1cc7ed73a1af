//! Rule: no file is larger than [`MAX`], because every clone carries it for ever.

use super::Finding;
use super::repository::Repository;

const MAX: u64 = 200_000;

/// What may be larger, and why.
const ALLOWED: &[(&str, &str)] = &[
    ("Cargo.lock", "what exactly is built; written by cargo"),
    ("crates/dialect/src/", "endpoint tables: an exchange has as many endpoints as it has"),
    ("docs/openapi.json", "all that the API takes and gives; written by a test"),
    ("crates/dialect/testdata/", "captured requests that every dialect is checked with"),
];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let allowed = |path: &str| ALLOWED.iter().any(|(start, _)| path.starts_with(start));
    let large = repository.files.iter().filter(|file| file.size > MAX && !allowed(&file.path));
    large
        .map(|file| Finding::new(&file.path, format!("has {} bytes, and {MAX} is the limit", file.size)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_found_unless_it_is_named() {
        let mut repository = Repository::of_files(&[("small", ""), ("large", ""), ("Cargo.lock", "")]);
        repository.files[1].size = MAX + 1;
        repository.files[2].size = MAX + 1;
        assert_eq!(check(&repository), [Finding::new("large", "has 200001 bytes, and 200000 is the limit")]);
    }
}
