//! Rule: a crate uses only what `deny.toml` lets it use.
//!
//! Each crate earns its place by what it must not know. `deny.toml` names, for every crate of ours and for every
//! library that gives a power (SQL, HTTP, randomness), who may depend on it. This holds it for tests as well, except
//! for the pairs in [`IN_TESTS`], and without cargo-deny.

use super::Finding;
use super::repository::{Package, Repository};

/// Who may use what in tests only: real parts instead of mocks.
const IN_TESTS: &[(&str, &str)] = &[
    // The gateway is tested against a real exchange.
    ("keyward-gateway", "keyward-sandbox"),
    // The console is tested over real operations, which stand on all of these.
    ("keyward-console", "keyward-dialect"),
    ("keyward-console", "keyward-ledger"),
    ("keyward-console", "keyward-store"),
    ("keyward-console", "keyward-vault"),
];

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let edges = repository.members().flat_map(|user| user.dependencies.iter().map(move |used| (user, used)));
    edges.filter_map(|(user, used)| edge(repository, user, &used.name, used.kind.as_deref())).collect()
}

fn edge(repository: &Repository, user: &Package, used: &str, kind: Option<&str>) -> Option<Finding> {
    let tests_may = kind == Some("dev") && IN_TESTS.contains(&(user.name.as_str(), used));
    match repository.deny.ban(used) {
        Some(ban) if tests_may || ban.wrappers.contains(&user.name) => None,
        Some(ban) => Some(Finding::new(&user.name, format!("may not use {used}: {}", ban.reason))),
        None if is_ours(repository, used) => {
            let message =
                format!("uses {used}, and deny.toml does not say who may: add it there, with the reason");
            Some(Finding::new(&user.name, message))
        }
        None => None,
    }
}

fn is_ours(repository: &Repository, name: &str) -> bool {
    repository.members().any(|member| member.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENY: &str = r#"
        [[bans.deny]]
        crate = "keyward-store"
        wrappers = ["keyward-gateway"]
        reason = "rows"
        [[bans.deny]]
        crate = "keyward-sandbox"
        reason = "a plaything"
        [[bans.deny]]
        crate = "sqlx"
        wrappers = ["keyward-store"]
        reason = "one place for SQL"
    "#;

    fn broken(packages: &[&str]) -> Vec<String> {
        let found = check(&Repository::of_packages(packages, DENY));
        found.into_iter().map(|finding| format!("{} {}", finding.place, finding.message)).collect()
    }

    #[test]
    fn an_edge_that_is_not_named_is_found_whatever_its_kind() {
        let no_edge = ["keyward-store -> sqlx serde", "keyward-gateway -> keyward-store"];
        assert!(broken(&no_edge).is_empty());
        assert_eq!(broken(&["keyward-vault -> sqlx"]), ["keyward-vault may not use sqlx: one place for SQL"]);
        assert_eq!(broken(&["keyward-vault -> dev:keyward-store"]).len(), 1);
    }

    #[test]
    fn only_tests_may_use_what_is_for_tests() {
        assert!(broken(&["keyward-gateway -> dev:keyward-sandbox"]).is_empty());
        assert_eq!(broken(&["keyward-gateway -> keyward-sandbox"]).len(), 1);
    }

    #[test]
    fn a_new_crate_must_say_its_place() {
        let found = broken(&["keyward-new", "keyward-gateway -> keyward-new"]);
        assert!(found[0].contains("deny.toml does not say who may"), "{found:?}");
    }
}
