//! Rule: every dependency has a licence that `deny.toml` allows.

use spdx::{Expression, Licensee, ParseMode};

use super::Finding;
use super::repository::{Package, Repository};

pub(super) fn check(repository: &Repository) -> Vec<Finding> {
    let allowed: Vec<_> =
        repository.deny.licenses.allow.iter().filter_map(|name| Licensee::parse(name).ok()).collect();
    repository.packages.iter().filter_map(|package| licence(package, &allowed)).collect()
}

fn licence(package: &Package, allowed: &[Licensee]) -> Option<Finding> {
    let text = package.license.as_deref().unwrap_or("no licence");
    let suits = Expression::parse_mode(text, ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|asked| allowed.iter().any(|licence| licence.satisfies(asked)))
    });
    (!suits)
        .then(|| Finding::new(&package.name, format!("its licence is not on the list in deny.toml: {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suits(licence: &str) -> bool {
        let deny =
            r#"licenses.allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"]"#;
        let mut repository = Repository::of_packages(&["lib"], deny);
        repository.packages[0].license = (!licence.is_empty()).then(|| licence.to_owned());
        check(&repository).is_empty()
    }

    #[test]
    fn an_expression_suits_when_one_of_its_choices_is_allowed() {
        assert!(suits("MIT OR Apache-2.0") && suits("MIT/Apache-2.0") && suits("GPL-3.0-only OR MIT"));
        assert!(suits("(MIT OR Apache-2.0) AND Unicode-3.0") && suits("Apache-2.0 WITH LLVM-exception"));
    }

    #[test]
    fn what_is_not_on_the_list_is_found() {
        assert!(!suits("GPL-3.0-only") && !suits("MIT AND OpenSSL") && !suits("as you like") && !suits(""));
    }
}
