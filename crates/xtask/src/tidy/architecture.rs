//! Rule: ARCHITECTURE.md names every crate, so that the map never lacks a place.

use super::Finding;
use super::repository::Repository;

const MAP: &str = "ARCHITECTURE.md";

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let Some(map) = repository.file(MAP) else {
        return vec![Finding::new(MAP, "is missing: the map of the code")];
    };
    // By its folder, as code: `vault` stands for `keyward-vault`.
    let missing = repository.members().filter(|member| !map.text.contains(&format!("`{}`", member.folder())));
    missing.map(|member| Finding::new(MAP, format!("says nothing about the crate {}", member.name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(map: &str) -> usize {
        let mut repository = Repository::of_packages(&["keyward", "keyward-vault"], "");
        repository.files = Repository::of_files(&[(MAP, map)]).files;
        check(&repository).len()
    }

    #[test]
    fn a_crate_that_the_map_lacks_is_found() {
        assert_eq!(found("`keyward` is the binary, `vault` seals."), 0);
        assert_eq!(found("`keyward` is the binary, the vault seals."), 1);
    }

    #[test]
    fn the_map_must_be_there() {
        assert_eq!(check(&Repository::of_files(&[])).len(), 1);
    }
}
