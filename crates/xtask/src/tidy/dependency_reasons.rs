//! Rule: every dependency in the root manifest stands in a group under a comment that says why it is there.

use super::Finding;
use super::repository::Repository;

const MANIFEST: &str = "Cargo.toml";

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    repository.file(MANIFEST).map(|manifest| unexplained(&manifest.text)).unwrap_or_default()
}

/// Groups are separated by blank lines; a comment holds until the next of them.
fn unexplained(manifest: &str) -> Vec<Finding> {
    let mut explained = false;
    let mut inside = false;
    let mut found = Vec::new();
    for (index, line) in manifest.lines().map(str::trim).enumerate() {
        match line.chars().next() {
            Some('[') => inside = line == "[workspace.dependencies]",
            Some('#') => explained = true,
            None => explained = false,
            Some(_) if inside && !explained && !line.starts_with("keyward-") => {
                found.push(Finding::at(
                    MANIFEST,
                    index + 1,
                    "a comment above its group must say why it is there",
                ));
            }
            Some(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(dependencies: &str) -> Vec<String> {
        let found = unexplained(&format!("[workspace.dependencies]\n{dependencies}"));
        found.into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_group_with_a_comment_is_explained() {
        assert!(places("keyward-x = { path = \"x\" }\n\n# Errors.\na = \"1\"\nb = \"1\"\n").is_empty());
    }

    #[test]
    fn a_group_without_one_is_found_line_by_line() {
        assert_eq!(
            places("# Errors.\na = \"1\"\n\nb = \"1\"\nc = \"1\"\n"),
            ["Cargo.toml:5", "Cargo.toml:6"]
        );
    }

    #[test]
    fn other_sections_need_no_reason() {
        assert!(places("[profile.dev]\ndebug = 1\n").is_empty());
    }
}
