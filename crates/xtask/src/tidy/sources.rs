//! Rule: what is built comes from crates.io, where a version never changes and Cargo.lock knows its checksum.

use super::Finding;
use super::repository::Repository;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let sources =
        repository.packages.iter().filter_map(|package| Some((package, package.source.as_deref()?)));
    let elsewhere = sources.filter(|(_, source)| *source != CRATES_IO);
    elsewhere.map(|(package, source)| Finding::new(&package.name, format!("comes from {source}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_git_dependency_is_found() {
        let mut repository = Repository::of_packages(&["ours", "good", "bad"], "");
        repository.packages[1].source = Some(CRATES_IO.to_owned());
        repository.packages[2].source = Some("git+https://example.com/bad".to_owned());
        assert_eq!(check(&repository), [Finding::new("bad", "comes from git+https://example.com/bad")]);
    }
}
