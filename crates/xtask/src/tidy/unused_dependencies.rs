//! Rule: a crate names every dependency that its manifest names.
//!
//! One that is not used still costs building time, and still has to be trusted.

use std::collections::HashSet;

use super::Finding;
use super::repository::{Package, Repository};
use super::words::words;

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    repository.members().flat_map(|member| unused(repository, member)).collect()
}

fn unused(repository: &Repository, member: &Package) -> Vec<Finding> {
    let named = named(repository, &format!("crates/{}/", member.folder()));
    let unused =
        member.dependencies.iter().filter(|dependency| !named.contains(&dependency.name.replace('-', "_")));
    let message = |name| format!("does not use {name}: take it out of the manifest");
    unused.map(|dependency| Finding::new(&member.name, message(&dependency.name))).collect()
}

fn named(repository: &Repository, folder: &str) -> HashSet<String> {
    let files = repository.rust_files().filter(|file| file.path.starts_with(folder));
    files.flat_map(|file| words(&file.text)).map(|word| word.text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_file_of_the_crate_names_is_found() {
        let mut repository = Repository::of_packages(&["keyward-vault -> tracing dev:aws-lc-rs serde"], "");
        let files =
            [("crates/vault/src/a.rs", "use aws_lc_rs::hmac; // serde"), ("crates/x/src/a.rs", "use serde;")];
        repository.files = Repository::of_files(&files).files;
        let found: Vec<_> = check(&repository).into_iter().map(|finding| finding.message).collect();
        let wanted =
            ["tracing", "serde"].map(|name| format!("does not use {name}: take it out of the manifest"));
        assert_eq!(found, wanted);
    }
}
